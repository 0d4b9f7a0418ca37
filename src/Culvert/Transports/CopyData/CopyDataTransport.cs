using System.ComponentModel;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary><c>copydata://name</c>: WM_COPYDATA between hidden windows of one desktop, on Windows.</summary>
internal sealed class CopyDataTransport : Transport
{
    public override string Scheme => "copydata";

    public override async ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsWindows()) throw NotHere();
        var name = CopyDataName.Of(endpoint);
        var claim = Claim(name, endpoint);
        try
        {
            var hub = await HubAsync(endpoint).WaitAsync(cancellationToken).ConfigureAwait(false);
            return await CopyDataListener.OpenAsync(hub, claim, name, endpoint, options).ConfigureAwait(false);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsWindows()) throw NotHere();
        var name = CopyDataName.Of(endpoint);
        return DialAttempt.RunAsync(
            endpoint, options, cancellationToken,
            attempt => OperatingSystem.IsWindows() ? DialAsync(name, attempt) : throw NotHere());
    }

    private static ConnectionException NotHere() => new(
        ConnectionError.InvalidEndpoint,
        "copydata:// needs the windows of a Windows desktop; on this system use local://.");

    [SupportedOSPlatform("windows")]
    private static async Task<CopyDataHub> HubAsync(Endpoint endpoint)
    {
        try
        {
            return await CopyDataHub.Shared.ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw new ConnectionException(
                ConnectionError.System, $"{endpoint} needs a window, and the system gave none: {e.Message}.", e);
        }
    }

    /// <summary>The name of an object that the system removes with its last process: a name that is there is alive, and
    /// of many who take it at once one gets it.</summary>
    [SupportedOSPlatform("windows")]
    private static Mutex Claim(CopyDataName name, Endpoint endpoint)
    {
        var user = WindowsAccess.CurrentUser();
        Exception? inner = null;
        try
        {
            var claim = new Mutex(false, $@"Local\Culvert.CopyData.{user}.{name.Title}", out var isNew);
            if (isNew) return claim;
            claim.Dispose();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or WaitHandleCannotBeOpenedException)
        {
            inner = e;
        }

        throw new ConnectionException(
            ConnectionError.AddressInUse,
            $"Another listener of this user has {endpoint}; stop it or choose another name.", inner);
    }

    [SupportedOSPlatform("windows")]
    private static async ValueTask<Connection> DialAsync(CopyDataName name, DialAttempt attempt)
    {
        var endpoint = attempt.Endpoint;
        var token = attempt.CancellationToken;
        var hub = await HubAsync(endpoint).WaitAsync(token).ConfigureAwait(false);
        if (name.AdmitsLowerIntegrity) hub.AdmitLowerIntegrity();
        var (handle, process) = FindListener(name, endpoint);
        var dial = new CopyDataDial(hub, endpoint, process);
        try
        {
            var listener = new CopyDataRemoteWindow(handle, hub.Window);
            await AskAsync(listener, dial, attempt).ConfigureAwait(false);
            var link = await dial.Done.WaitAsync(token).ConfigureAwait(false);
            return new LinkConnection(link, endpoint, process.Peer).Start();
        }
        catch
        {
            dial.GiveUp();
            throw;
        }
    }

    /// <summary>Asks until the listener has noted it, each time under the same key.</summary>
    [SupportedOSPlatform("windows")]
    private static async Task AskAsync(CopyDataRemoteWindow listener, CopyDataDial dial, DialAttempt attempt)
    {
        var hello = CopyDataMessage.Make(CopyDataKind.Hello, dial.Key, 0);
        while (true)
        {
            // On another thread, since it waits for the listener's pump.
            var (outcome, answer) = await Task.Run(
                () => (listener.Send(hello, out var encoded), CopyDataAnswer.Decode(encoded)),
                attempt.CancellationToken).ConfigureAwait(false);
            if (outcome == CopyDataOutcome.NotAllowed) throw HigherIntegrity(attempt.Endpoint);
            if (outcome == CopyDataOutcome.Answered && answer.Code == CopyDataCode.Taken) return;
            if (dial.Done.IsCompleted) return;
            if (outcome != CopyDataOutcome.TimedOut && answer.Code != CopyDataCode.Busy)
            {
                throw DialErrors.NobodyListens(attempt.Endpoint);
            }

            await attempt.PauseAsync(isBusy: outcome != CopyDataOutcome.TimedOut).ConfigureAwait(false);
        }
    }

    /// <summary>The window of a listener whose process this client may trust. Windows of the same name that are others'
    /// are passed over: whoever makes one cannot stand in the way.</summary>
    [SupportedOSPlatform("windows")]
    private static (nint Window, PeerProcess Process) FindListener(CopyDataName name, Endpoint endpoint)
    {
        var owner = WindowsAccess.OwnerOf(name.Owner, endpoint);
        string? foreign = null;
        nint window = 0;
        while (true)
        {
            window = User32.FindWindow(User32.MessageOnly, window, CopyDataName.ClassName, name.Title);
            if (window == 0) break;
            if (PeerProcess.TryOpen(User32.ProcessOf(window), duplicates: true) is not { } process) continue;
            if (process.User == owner) return (window, process);
            foreign = process.Peer.UserName ?? process.User?.Value ?? "another user";
            process.Dispose();
        }

        throw foreign is null ? DialErrors.NobodyListens(endpoint) : DialErrors.WrongOwner(endpoint, foreign);
    }

    private static ConnectionException HigherIntegrity(Endpoint endpoint) => new(
        ConnectionError.NotAllowed,
        $"The listener at {endpoint} has more rights than this process, and takes no messages of it; listen with "
        + "?integrity=any, or give both the same rights.");
}
