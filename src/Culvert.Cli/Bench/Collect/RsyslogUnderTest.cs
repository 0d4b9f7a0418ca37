using System.Globalization;
using System.Net.Sockets;
using Culvert.Cli.Processes;

namespace Culvert.Cli.Bench.Collect;

/// <summary>
/// rsyslog doing the nearest thing it does: datagrams of a Unix socket into a file, its rate limits off. With
/// <c>sync</c> it fsyncs the file after each batch of its queue. It does not index, acknowledge or answer queries.
/// </summary>
internal sealed class RsyslogUnderTest : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ChildProcess _process;

    private RsyslogUnderTest(string folder, ChildProcess process)
    {
        _folder = folder;
        _process = process;
    }

    public string SocketPath => Path.Combine(_folder, "log.sock");

    private string OutputPath => Path.Combine(_folder, "out.log");

    public static string? FindProgram() =>
        new[] { "/usr/sbin/rsyslogd", "/sbin/rsyslogd", "/usr/local/sbin/rsyslogd" }.FirstOrDefault(File.Exists);

    public static async Task<RsyslogUnderTest> StartAsync(
        string program, bool sync, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-rsyslog-").FullName;
        var configuration = Path.Combine(folder, "rsyslog.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            global(workDirectory="{{folder}}" maxMessageSize="64k")
            module(load="imuxsock" SysSock.Use="off")
            input(type="imuxsock" Socket="{{folder}}/log.sock" CreatePath="on" RateLimit.Interval="0" ruleset="all")
            template(name="raw" type="string" string="%rawmsg%\n")
            ruleset(name="all" queue.type="LinkedList" queue.size="100000" queue.dequeueBatchSize="1024") {
                action(type="omfile" file="{{folder}}/out.log" template="raw" sync="{{(sync ? "on" : "off")}}")
            }

            """, cancellationToken);
        var process = ChildProcess.Start(program, ["-n", "-i", Path.Combine(folder, "pid"), "-f", configuration]);
        var peer = new RsyslogUnderTest(folder, process);
        await peer.WaitForSocketAsync(cancellationToken);
        return peer;
    }

    public double CpuSeconds() => _process.CpuSeconds();

    public double PeakMemoryMegabytes() => _process.PeakMemoryMegabytes();

    /// <summary>Waits until the file holds as many lines as were sent, or has not grown for two seconds; the lines it
    /// holds.</summary>
    public async Task<long> WaitForLinesAsync(long sent, CancellationToken cancellationToken)
    {
        var lines = 0L;
        var buffer = new byte[1 << 20];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        await using var file = new FileStream(OutputPath, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        for (var idle = 0; lines < sent && idle < 20; idle++)
        {
            int read;
            while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
            {
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
                idle = 0;
            }

            if (lines < sent) await timer.WaitForNextTickAsync(cancellationToken);
        }

        return lines;
    }

    /// <summary>Sends lines as syslog datagrams until the time is over; returns how many.</summary>
    public static long Send(string socketPath, IEnumerable<ReadOnlyMemory<byte>> lines, TimeSpan duration)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        var end = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        var head = "<14>Nov 22 10:00:00 bench: "u8;
        var datagram = new byte[64 * 1024];
        head.CopyTo(datagram);
        var sent = 0L;
        foreach (var line in lines)
        {
            var length = Math.Min(line.Length, datagram.Length - head.Length);
            line.Span[..length].CopyTo(datagram.AsSpan(head.Length));
            socket.Send(datagram.AsSpan(0, head.Length + length));
            sent++;
            if (sent % 256 == 0 && Environment.TickCount64 >= end) break;
        }

        return sent;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitForSocketAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (File.Exists(SocketPath)) return;
            if (_process.HasExited) break;
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture, $"rsyslogd did not open {SocketPath}. {_process.LastLines}"));
    }
}
