using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Cli.Services;

/// <summary>
/// Tells systemd that the collector is ready, that it still answers, and that it stops. Source: sd_notify(3),
/// sd_watchdog_enabled(3): datagrams to the socket that $NOTIFY_SOCKET names, by path or, after '@', abstract.
/// </summary>
internal sealed class SystemdService : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Func<Task> _answerAsync;
    private readonly CancellationTokenSource _stop = new();
    private Task _watchdog = Task.CompletedTask;

    private SystemdService(Socket socket, Func<Task> answerAsync)
    {
        _socket = socket;
        _answerAsync = answerAsync;
    }

    /// <summary>Says READY=1, and WATCHDOG=1 at half of the watchdog's time for as long as the collector answers. Null
    /// when systemd did not ask for it, or cannot be told, which standard error says.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <param name="answerAsync">Completes when the collector has proved that it works.</param>
    /// <param name="time">The clock of the watchdog.</param>
    public static SystemdService? Start(Func<string, string?> variable, Func<Task> answerAsync, TimeProvider time)
    {
        if (variable("NOTIFY_SOCKET") is not { Length: > 0 } address) return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            SendTimeout = SystemdLimits.SendTimeoutMs,
        };
        try
        {
            socket.Connect(EndPoint(address));
            var service = new SystemdService(socket, answerAsync);
            service.Say("READY=1");
            if (WatchdogInterval(variable) is { } interval)
                service._watchdog = service.WatchAsync(new PeriodicTimer(interval, time));
            return service;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            socket.Dispose();
            Console.Error.WriteLine(
                $"culvert: systemd cannot be told over NOTIFY_SOCKET={address}: {exception.Message}; "
                + "use Type=exec in the unit if it is not to be told.");
            return null;
        }
    }

    /// <summary>Half of $WATCHDOG_USEC, or null when there is no watchdog or it is another process's.</summary>
    internal static TimeSpan? WatchdogInterval(Func<string, string?> variable)
    {
        var isOurs = variable("WATCHDOG_PID") is not { Length: > 0 } process
            || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (!isOurs || !ulong.TryParse(
            variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds == 0) return null;

        var max = SystemdLimits.WatchdogIntervalMax;
        var half = microseconds / 2 >= max.TotalMicroseconds ? max : TimeSpan.FromMicroseconds(microseconds / 2);
        return half < SystemdLimits.WatchdogIntervalMin ? SystemdLimits.WatchdogIntervalMin : half;
    }

    /// <summary>Says STOPPING=1; to be called before the collector stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watchdog;
        TrySay("STOPPING=1");
        _socket.Dispose();
        _stop.Dispose();
    }

    private static UnixDomainSocketEndPoint EndPoint(string address) => address[0] switch
    {
        '/' => new UnixDomainSocketEndPoint(address),
        '@' => new UnixDomainSocketEndPoint("\0" + address[1..]),
        _ => throw new ArgumentException("it is neither a path nor an abstract name"),
    };

    private async Task WatchAsync(PeriodicTimer timer)
    {
        using var owned = timer;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await AnswerAsync();
                TrySay("WATCHDOG=1");
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It stops, and DisposeAsync says so.
        }
    }

    /// <summary>A collector that does not answer stays silent, and systemd restarts it. One that answers with an error
    /// is alive: it says by itself what is wrong, and a restart would not give a full disk room.</summary>
    private async Task AnswerAsync()
    {
        try
        {
            await _answerAsync().WaitAsync(_stop.Token);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            Console.Error.WriteLine($"culvert: the spool answered systemd's watchdog with: {exception.Message}");
        }
    }

    private void TrySay(string state)
    {
        try
        {
            Say(state);
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"culvert: systemd could not be told {state}: {exception.Message}");
        }
    }

    private void Say(string state) => _socket.Send(Encoding.ASCII.GetBytes(state));
}
