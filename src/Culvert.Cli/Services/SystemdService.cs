using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Cli.Services;

/// <summary>
/// Tells systemd that the collector is ready, that it still answers, and that it stops. Source: sd_notify(3),
/// sd_watchdog_enabled(3): datagrams to the socket that $NOTIFY_SOCKET names, by path or, after '@', abstract.
/// </summary>
internal sealed class SystemdService : IServiceManager
{
    private readonly Socket _socket;
    private readonly Func<string, string?> _variable;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _never = new();
    private Task _watchdog = Task.CompletedTask;

    private SystemdService(Socket socket, Func<string, string?> variable, TimeProvider time)
    {
        _socket = socket;
        _variable = variable;
        _time = time;
    }

    /// <summary>systemd stops a service by SIGTERM.</summary>
    public Task StopRequested => _never.Task;

    /// <summary>Null when systemd did not ask to be told, or cannot be told, which standard error says.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <param name="time">The clock of the watchdog.</param>
    public static SystemdService? Find(Func<string, string?> variable, TimeProvider time)
    {
        if (variable("NOTIFY_SOCKET") is not { Length: > 0 } address) return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            SendTimeout = SystemdLimits.SendTimeoutMs,
        };
        try
        {
            socket.Connect(EndPoint(address));
            return new SystemdService(socket, variable, time);
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

    /// <summary>What is said on standard error is in systemd's journal.</summary>
    public void DataFolderIs(string folder)
    {
    }

    /// <summary>Says READY=1, and WATCHDOG=1 at half of the watchdog's time for as long as the collector
    /// answers.</summary>
    public void Ready(Func<Task> answerAsync)
    {
        TrySay("READY=1");
        if (WatchdogInterval(_variable) is { } interval)
            _watchdog = WatchAsync(new PeriodicTimer(interval, _time), answerAsync);
    }

    /// <summary>Says STOPPING=1, and nothing of the watchdog any more.</summary>
    public async ValueTask StoppingAsync()
    {
        await _stop.CancelAsync();
        await _watchdog;
        TrySay("STOPPING=1");
    }

    /// <summary>systemctl status shows it.</summary>
    public void Failed(string sentence) => TrySay($"STATUS={sentence.ReplaceLineEndings(" ")}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watchdog;
        _socket.Dispose();
        _stop.Dispose();
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

    private static UnixDomainSocketEndPoint EndPoint(string address) => address[0] switch
    {
        '/' => new UnixDomainSocketEndPoint(address),
        '@' => new UnixDomainSocketEndPoint("\0" + address[1..]),
        _ => throw new ArgumentException("it is neither a path nor an abstract name"),
    };

    private async Task WatchAsync(PeriodicTimer timer, Func<Task> answerAsync)
    {
        using var owned = timer;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await AnswerAsync(answerAsync);
                TrySay("WATCHDOG=1");
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It stops, and StoppingAsync says so.
        }
    }

    /// <summary>A collector that does not answer stays silent, and systemd restarts it. One that answers with an error
    /// is alive: it says by itself what is wrong, and a restart would not give a full disk room.</summary>
    private async Task AnswerAsync(Func<Task> answerAsync)
    {
        try
        {
            await answerAsync().WaitAsync(_stop.Token);
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

    private void Say(string state) => _socket.Send(Encoding.UTF8.GetBytes(state));
}
