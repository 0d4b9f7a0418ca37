using System.Runtime.Versioning;
using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary>Accepts at a hidden window that has the endpoint's name, once the window that a client claims has proved
/// that it asked.</summary>
[SupportedOSPlatform("windows")]
internal sealed class CopyDataListener : Listener
{
    private readonly CopyDataHub _hub;
    private readonly Mutex _claim;
    private readonly WindowsAccess _access;
    private readonly ListenerOptions _options;
    private readonly Channel<LinkConnection> _accepted = Channel.CreateUnbounded<LinkConnection>();

    // Guards the fields below between the pump, the admissions and unbind.
    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _admitting = [];
    private MessageWindow? _window;
    private int _waiting;
    private bool _unbound;

    private CopyDataListener(
        CopyDataHub hub, Mutex claim, Endpoint endpoint, WindowsAccess access, ListenerOptions options)
    {
        _hub = hub;
        _claim = claim;
        _access = access;
        _options = options;
        Endpoint = endpoint;
    }

    public override Endpoint Endpoint { get; }

    /// <summary>Opens the window; takes the claim over.</summary>
    public static async ValueTask<Listener> OpenAsync(
        CopyDataHub hub, Mutex claim, CopyDataName name, Endpoint endpoint, ListenerOptions options)
    {
        var listener = new CopyDataListener(hub, claim, endpoint, new WindowsAccess(options.Access), options);
        listener._window = await hub.Pump
            .OpenAsync(CopyDataName.ClassName, name.Title, isTopLevel: false, listener.OnMessage)
            .ConfigureAwait(false);
        if (name.AdmitsLowerIntegrity)
        {
            CopyDataHub.AdmitLowerIntegrity(listener._window.Handle);
            hub.AdmitLowerIntegrity();
        }

        return listener;
    }

    public override async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_accepted.Reader.TryRead(out var connection)) continue;
            lock (_gate) _waiting--;
            return connection;
        }

        return null;
    }

    public override async ValueTask UnbindAsync()
    {
        lock (_gate)
        {
            if (_unbound) return;
            _unbound = true;
            _accepted.Writer.Complete();
        }

        // The window first: whoever takes the name over must be the only one to be found.
        await _window!.CloseAsync().ConfigureAwait(false);
        _claim.Dispose();
        while (_accepted.Reader.TryRead(out var connection))
        {
            connection.Abort("The listener stopped before it accepted.");
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    public override ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>On the pump's thread: notes that somebody asks, no more.</summary>
    private bool OnMessage(uint message, nint wParam, nint lParam, out nint answer)
    {
        answer = 0;
        if (message != User32.MessageCopyData) return false;
        var isHello = CopyDataHub.TryRead(lParam, out var read) && read.Kind == CopyDataKind.Hello;
        var code = isHello ? Note(read.Key, wParam) : CopyDataCode.Gone;
        answer = (nint)new CopyDataAnswer(code).Encode();
        return true;
    }

    private CopyDataCode Note(UInt128 clientKey, nint claimed)
    {
        lock (_gate)
        {
            if (_unbound) return CopyDataCode.Gone;
            if (_admitting.Contains(clientKey)) return CopyDataCode.Taken;
            if (_waiting >= _options.Backlog) return CopyDataCode.Busy;
            _waiting++;
            _admitting.Add(clientKey);
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Listener.AdmitAsync(state.ClientKey, state.Claimed),
            (Listener: this, ClientKey: clientKey, Claimed: claimed), preferLocal: false);
        return CopyDataCode.Taken;
    }

    private async Task AdmitAsync(UInt128 clientKey, nint claimed)
    {
        var connection = await ProveAsync(clientKey, claimed).ConfigureAwait(false);
        lock (_gate)
        {
            _admitting.Remove(clientKey);
            if (connection is null)
            {
                _waiting--;
                return;
            }

            if (_accepted.Writer.TryWrite(connection)) return;
        }

        connection.Abort("The listener stopped before it accepted.");
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<LinkConnection?> ProveAsync(UInt128 clientKey, nint claimed)
    {
        var processId = User32.ProcessOf(claimed);
        if (PeerProcess.TryOpen(processId, duplicates: true) is not { } process)
        {
            CopyDataLog.Unproven(_options.Logger, Endpoint, processId);
            return null;
        }

        var window = new CopyDataRemoteWindow(claimed, _hub.Window);
        if (!_access.Admits(process))
        {
            CopyDataLog.Refused(_options.Logger, Endpoint, processId, process.Peer.UserName);
            window.Notify(CopyDataSignal.NotAllowed, clientKey);
            process.Dispose();
            return null;
        }

        var key = CopyDataHub.NewKey();
        var link = new CopyDataLink(window, clientKey, new CopyDataHome(_hub, key, process));
        _hub.Add(key, link); // Before the challenge: the client sends as soon as it has answered.
        if (!await ChallengeAsync(window, clientKey, key, claimed, process).ConfigureAwait(false))
        {
            link.Abort();
            return null;
        }

        if (processId != Environment.ProcessId)
        {
            process.OnExit(ended => _hub.Pump.Post(() => link.OnPeerExit(ended.Id)));
        }

        return new LinkConnection(link, Endpoint, process.Peer).Start();
    }

    /// <summary>Asks the claimed window for a number that is sent to it alone. The system carries the answer, so it is
    /// the window's own; only a window that asked for this very connection answers with it.</summary>
    private async Task<bool> ChallengeAsync(
        CopyDataRemoteWindow window, UInt128 clientKey, UInt128 key, nint claimed, PeerProcess process)
    {
        var number = CopyDataHub.NewNumber();
        var challenge = CopyDataMessage.MakeChallenge(clientKey, number, key);
        var started = TimeProvider.System.GetTimestamp();
        for (var pause = CopyDataLimits.RetryPauseMin; ; pause *= 2)
        {
            switch (window.Send(challenge, out var answer))
            {
                case CopyDataOutcome.Answered when (ulong)answer == number && User32.ProcessOf(claimed) == process.Id:
                    return true;
                case CopyDataOutcome.TimedOut:
                    break;
                default:
                    CopyDataLog.Unproven(_options.Logger, Endpoint, process.Id);
                    return false;
            }

            if (TimeProvider.System.GetElapsedTime(started) > CopyDataLimits.ChallengeMax)
            {
                CopyDataLog.Silent(_options.Logger, Endpoint, CopyDataLimits.ChallengeMax);
                return false;
            }

            await Task.Delay(pause).ConfigureAwait(false);
        }
    }
}
