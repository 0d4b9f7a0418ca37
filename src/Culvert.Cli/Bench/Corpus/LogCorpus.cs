using Culvert.Records;

namespace Culvert.Cli.Bench.Corpus;

/// <summary>
/// Makes realistic log records, the same ones for the same seed: lines in five public formats, 200 bytes on average,
/// from eight services, with ids, addresses, durations and traces as varied as real ones. More than a million a second.
/// </summary>
/// <remarks>One thread at a time. What a property gives is valid until the next <see cref="MoveNext"/>.</remarks>
internal sealed class LogCorpus(int seed, long startNs = LogCorpus.DefaultStartNs)
{
    /// <summary>2026-11-01T00:00:00Z, at which the records' clock starts.</summary>
    public const long DefaultStartNs = 1_793_491_200_000_000_000;

    // One record in 20 µs to 2 ms of the records' own clock.
    private const int StepNsMax = 400_000;

    private static readonly string[] ServiceNames =
        ["web", "gateway", "auth", "orders", "billing", "search", "inventory", "mailer"];

    private readonly CorpusText _text = new();
    private readonly CorpusText _user = new();
    private CorpusRandom _random = new(seed);
    private long _orderId, _elapsedMs, _statusCode;

    public static IReadOnlyList<string> Services => ServiceNames;

    /// <summary>Records made.</summary>
    public long Count { get; private set; }

    public long TimeNs { get; private set; } = startNs;

    public Severity Severity { get; private set; }

    public CorpusFormat Format { get; private set; }

    /// <summary>Index into <see cref="Services"/>.</summary>
    public int Service { get; private set; }

    /// <summary>The line, or the rendered message; UTF-8. A stack trace has several lines.</summary>
    public ReadOnlySpan<byte> Body => _text.Written;

    /// <summary>Makes the next record.</summary>
    public void MoveNext()
    {
        Count++;
        TimeNs += 20_000 + _random.Next(StepNsMax);
        _text.Clear();
        switch (_random.Next(100))
        {
            case < 35: Nginx(); break;
            case < 50: Syslog(); break;
            case < 53: Java(); break;
            case < 76: Json(); break;
            default: Structured(); break;
        }
    }

    /// <summary>Writes the record into a batch, whose resources are the services in their order.</summary>
    public void WriteTo(RecordBatchWriter batch, ReadOnlySpan<byte> suffix = default)
    {
        if (!suffix.IsEmpty) _text.Add(" "u8).Add(suffix);
        batch.BeginRecord(Service, Severity, TimeNs);
        if (Format == CorpusFormat.Structured)
        {
            batch.Template("Order {OrderId} of {User} answered {StatusCode} in {ElapsedMs} ms"u8);
            batch.Logger("Shop.Orders.OrderService"u8);
        }

        batch.Body(_text.Written);
        var attributes = batch.BeginAttributes();
        if (Format == CorpusFormat.Structured)
        {
            attributes.Add("OrderId"u8, _orderId);
            attributes.Add("User"u8, _user.Written);
            attributes.Add("StatusCode"u8, _statusCode);
            attributes.Add("ElapsedMs"u8, _elapsedMs);
        }

        attributes.End();
        batch.EndRecord();
    }

    /// <summary>Adds the services to an empty batch, as <see cref="WriteTo"/> expects them.</summary>
    public static void AddServices(RecordBatchWriter batch)
    {
        foreach (var service in EncodedServices) batch.AddResource(service);
    }

    private static byte[][] EncodedServices { get; } =
    [
        .. ServiceNames.Select((name, i) => AttributeWriter.Encode(
            [new("service.name", name), new("host.name", "host-1"), new("process.pid", 4_000 + i)])),
    ];

    private void Nginx()
    {
        (Format, Service) = (CorpusFormat.NginxAccess, _random.Next(2));
        var status = Status();
        AddAddress();
        _text.Add(" - - ["u8).AddCommonLogTime(TimeNs).Add(" +0000] \""u8)
            .Add(_random.Next(5) == 0 ? "POST "u8 : "GET "u8);
        AddPath();
        _text.Add(" HTTP/1.1\" "u8).Add(status).Add(" "u8).Add(_random.Next(40_000)).Add(" \"-\" \""u8);
        _text.Add(CorpusWords.Agent(_random.Next(CorpusWords.Agents))).Add("\" rt=0."u8)
            .AddPadded(_random.Next(1_000), 3);
    }

    private void Syslog()
    {
        (Format, Service, Severity) = (CorpusFormat.Syslog, 2, Severity.Info);
        var pid = 300 + _random.Next(30_000);
        switch (_random.Next(4))
        {
            case 0:
                _text.Add("sshd["u8).Add(pid).Add("]: Accepted publickey for deploy from "u8);
                AddAddress();
                _text.Add(" port "u8).Add(1_024 + _random.Next(60_000)).Add(" ssh2: ED25519 SHA256:"u8);
                _text.AddHex(_random.NextUInt64(), 16).AddHex(_random.NextUInt64(), 16);
                break;
            case 1:
                Severity = Severity.Warn;
                _text.Add("sshd["u8).Add(pid).Add("]: Failed password for invalid user "u8);
                _text.Add(CorpusWords.Name(_random.Next(CorpusWords.Names))).Add(" from "u8);
                AddAddress();
                _text.Add(" port "u8).Add(1_024 + _random.Next(60_000)).Add(" ssh2"u8);
                break;
            case 2:
                _text.Add("CRON["u8).Add(pid).Add("]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)"u8);
                break;
            default:
                _text.Add("kernel: ["u8).Add(_random.Next(9_000_000)).Add("."u8).AddPadded(_random.Next(1_000_000), 6);
                _text.Add(
                    "] audit: type=1400 apparmor=\"ALLOWED\" operation=\"open\" profile=\"/usr/sbin/named\" pid="u8);
                _text.Add(pid).Add(" comm=\"isc-net-0000\" requested_mask=\"r\""u8);
                break;
        }
    }

    private void Java()
    {
        (Format, Service, Severity) = (CorpusFormat.JavaStackTrace, 4, Severity.Error);
        _text.AddIso(TimeNs, (byte)' ').Add(","u8).AddPadded((int)(TimeNs / 1_000_000 % 1_000), 3);
        _text.Add(" ERROR [pool-3-thread-"u8).Add(_random.Next(32))
            .Add("] c.e.billing.ChargeService - Could not charge order "u8);
        _text.Add(_random.Next(9_000_000)).Add("\njava.net.SocketTimeoutException: Read timed out after "u8);
        _text.Add(_random.Next(30_000)).Add(" ms"u8);
        var depth = 5 + _random.Next(8);
        for (var i = 0; i < depth; i++) _text.Add(CorpusWords.Frame((i + _random.Next(3)) % CorpusWords.Frames));
    }

    private void Json()
    {
        (Format, Service) = (CorpusFormat.JsonLine, 5 + _random.Next(3));
        var status = Status();
        _text.Add("{\"ts\":\""u8).AddIso(TimeNs, (byte)'T').Add("."u8).AddPadded((int)(TimeNs / 1_000_000 % 1_000), 3);
        _text.Add("Z\",\"level\":\""u8)
            .Add(Severity >= Severity.Error ? "error"u8 : Severity >= Severity.Warn ? "warn"u8 : "info"u8);
        _text.Add("\",\"msg\":\"request completed\",\"method\":\"GET\",\"path\":\""u8);
        AddPath();
        _text.Add("\",\"status\":"u8).Add(status).Add(",\"duration_ms\":"u8).Add(_random.Next(500)).Add("."u8);
        _text.Add(_random.Next(10)).Add(",\"request_id\":\""u8).AddHex(_random.NextUInt64(), 12).Add("\"}"u8);
    }

    private void Structured()
    {
        (Format, Service) = (CorpusFormat.Structured, 3);
        (_orderId, _elapsedMs, _statusCode) = (1_000_000 + _random.Next(8_000_000), _random.Next(2_000), Status());
        _user.Clear();
        _user.Add(CorpusWords.Name(_random.Next(CorpusWords.Names))).Add("@example.com"u8);
        _text.Add("Order "u8).Add(_orderId).Add(" of "u8).Add(_user.Written).Add(" answered "u8).Add(_statusCode);
        _text.Add(" in "u8).Add(_elapsedMs).Add(" ms"u8);
        if (_random.Next(8) != 0) return;
        Severity = Severity.Debug;
        _text.Add("; cache miss for customer segment, falling back to the primary database replica"u8);
    }

    private int Status()
    {
        var roll = _random.Next(200);
        Severity = roll < 2 ? Severity.Error : roll < 14 ? Severity.Warn : Severity.Info;
        return roll < 1 ? 500 : roll < 2 ? 503 : roll < 10 ? 404 : roll < 14 ? 429 : roll < 40 ? 304 : 200;
    }

    private void AddAddress()
    {
        var bits = _random.NextUInt64();
        _text.Add("10."u8).Add((long)(bits & 3)).Add("."u8).Add((long)(bits >> 8 & 63)).Add("."u8)
            .Add((long)(bits >> 16 & 255));
    }

    private void AddPath()
    {
        _text.Add("/api/v1/"u8).Add(CorpusWords.Noun(_random.Next(CorpusWords.Nouns))).Add("/"u8)
            .Add(_random.Next(2_000_000));
        if (_random.Next(3) == 0) _text.Add("?page="u8).Add(_random.Next(40)).Add("&sort=created"u8);
    }
}
