using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Tests.Shipping;

/// <summary>A collector as docs/protocol.md describes it, that keeps its records in memory.</summary>
internal sealed class FakeCollector
{
    /// <summary>How long a disposed client of it may go on delivering where the test is not about that time; on a
    /// machine with much other work the default of 5 s is not always enough.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<KeptRecord> _records = [];
    private readonly Dictionary<string, ulong> _durable = [];
    private readonly List<CuttableLink> _links = [];
    private readonly TaskCompletionSource _goodbye = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;

    /// <summary>The link for the next connection; tests make it break.</summary>
    public Func<int, CuttableLink> NextLink { get; set; } = _ => new CuttableLink();

    /// <summary>While false, batches are read and neither kept nor acknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>What is answered instead of a Welcome and all that follows.</summary>
    public byte[]? Answer { get; set; }

    /// <summary>While set, nobody listens.</summary>
    public bool IsDown { get; set; }

    public int Connections { get; private set; }

    public int Duplicates { get; private set; }

    public ulong Produced { get; private set; }

    public ulong[] Dropped { get; } = new ulong[LogProtocol.LevelCount];

    /// <summary>Completes with the first Goodbye.</summary>
    public Task Goodbye => _goodbye.Task;

    public IReadOnlyList<KeptRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return _failure is null
                    ? [.. _records]
                    : throw new InvalidOperationException("Collector", _failure);
            }
        }
    }

    public ValueTask<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsDown) throw new ConnectionException(ConnectionError.NobodyListens, "Nobody listens at mem://test.");
        var link = NextLink(Connections++);
        lock (_gate) _links.Add(link);
        _ = Task.Run(() => ServeAsync(link), CancellationToken.None);
        return ValueTask.FromResult(link.Client);
    }

    public void BreakAll()
    {
        lock (_gate)
        {
            foreach (var link in _links) link.Break();
            _links.Clear();
        }
    }

    private async Task ServeAsync(CuttableLink link)
    {
        var session = new Session();
        try
        {
            while (true)
            {
                var read = await link.Server.Input.ReadAsync();
                var buffer = read.Buffer;
                if (!session.SawPreface && buffer.Length >= LogProtocol.PrefaceBytes)
                {
                    Assert.Equal(LogProtocol.Preface.ToArray(), buffer.Slice(0, LogProtocol.PrefaceBytes).ToArray());
                    buffer = buffer.Slice(LogProtocol.PrefaceBytes);
                    session.SawPreface = true;
                }

                while (session.SawPreface
                    && FrameReader.TryRead(ref buffer, LogProtocol.FrameBytesMax, out var header, out var payload))
                {
                    if (!await TakeAsync(session, link, (LogFrameType)header.Type, payload)) return;
                }

                link.Server.Input.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted) break;
            }
        }
        catch (ConnectionException)
        {
            // The test cut it.
        }
        catch (InvalidOperationException) when (link.Carrying.IsCompleted)
        {
            // So it did here.
        }
        catch (Exception failure)
        {
            lock (_gate) _failure = failure;
        }

        await link.Server.DisposeAsync();
    }

    private async Task<bool> TakeAsync(
        Session session, CuttableLink link, LogFrameType type, ReadOnlySequence<byte> payload)
    {
        var output = link.Server.Output;
        switch (type)
        {
            case LogFrameType.Hello:
                var producer = new byte[16];
                Assert.True(LogFrames.TryReadHello(payload, producer, out var epoch));
                session.Key = $"{Convert.ToHexString(producer)}/{epoch}";
                lock (_gate)
                {
                    if (Answer is null)
                        LogFrames.WriteWelcome(output, _durable.GetValueOrDefault(session.Key), 2 * 1024 * 1024);
                    else output.Write(Answer);
                }

                break;
            case LogFrameType.Batch:
                if (Answer is not null || !Acknowledges) return true;
                Keep(session, payload.ToArray());
                LogFrames.WriteAck(output, session.Acknowledged);
                break;
            case LogFrameType.Report or LogFrameType.Goodbye:
                Assert.True(LogFrames.TryReadReport(payload, out var produced, Dropped));
                Produced = produced;
                if (type == LogFrameType.Report) return true;
                LogFrames.WriteAck(output, session.Acknowledged);
                await output.FlushAsync();
                _goodbye.TrySetResult();
                await output.CompleteAsync();
                return false;
            default:
                Assert.Fail($"A client sent a frame of type {type}.");
                break;
        }

        await output.FlushAsync();
        return true;
    }

    private void Keep(Session session, byte[] payload)
    {
        var sequence = BinaryPrimitives.ReadUInt64LittleEndian(payload) - 1;
        var batch = payload.AsSpan(sizeof(ulong));
        Assert.True(RecordBatchReader.Validate(batch, out _, out _, out var problem), problem);
        Assert.True(batch.Length <= RecordLimits.BatchBytesMax);
        Assert.True(RecordBatchReader.TryOpen(batch, out var reader, out _));
        lock (_gate)
        {
            var durable = _durable.GetValueOrDefault(session.Key);
            while (reader.TryRead(out var record))
            {
                sequence += 1 + record.Gap;
                if (sequence <= durable)
                {
                    Duplicates++;
                    continue;
                }

                durable = sequence;
                _records.Add(KeptRecord.From(session.Key, sequence, reader.Resource(record.Resource), record));
            }

            _durable[session.Key] = durable;
            session.Acknowledged = durable;
        }
    }

    private sealed class Session
    {
        public bool SawPreface { get; set; }

        public string Key { get; set; } = "";

        public ulong Acknowledged { get; set; }
    }
}

/// <summary>A record as the fake collector kept it.</summary>
internal sealed record KeptRecord(
    string Producer, ulong Sequence, Severity Severity, string Body, string Template, string Logger, string EventName,
    byte[] Trace,
    long TimeNs, RecordFlags Flags, IReadOnlyDictionary<string, object?> Attributes,
    IReadOnlyDictionary<string, object?> Resource)
{
    public static KeptRecord From(string producer, ulong sequence, AttributeList resource, in RecordView record) =>
        new(
            producer, sequence, record.Severity, Text(record.Body), Text(record.Template), Text(record.Logger), Text(
                record.EventName),
            record.Trace.ToArray(), record.TimeNs, record.Flags, Read(record.Attributes), Read(resource));

    private static Dictionary<string, object?> Read(AttributeList list)
    {
        var attributes = new Dictionary<string, object?>();
        foreach (var attribute in list)
        {
            // A key that stands twice fails the test here.
            attributes.Add(Text(attribute.Key), attribute.Type switch
            {
                AttributeType.Null => null,
                AttributeType.False => false,
                AttributeType.True => true,
                AttributeType.Int64 => attribute.Int64,
                AttributeType.Double => attribute.Double,
                AttributeType.Bytes => attribute.Value.ToArray(),
                _ => Text(attribute.Value),
            });
        }

        return attributes;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
