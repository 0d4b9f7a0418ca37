using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary>
/// The client's end: waits for the listener's challenge, proves that it did ask, and then is the connection's end.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class CopyDataDial : ICopyDataEnd
{
    private readonly CopyDataHub _hub;
    private readonly Endpoint _endpoint;
    private readonly PeerProcess _listener;
    private readonly TaskCompletionSource<CopyDataLink> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Between the pump and the one who dials: a challenge is answered, or the dial given up, never both.
    private readonly Lock _gate = new();
    private CopyDataLink? _link;
    private UInt128 _peerKey;
    private ulong _number;
    private bool _givenUp;

    /// <summary>Takes the process over.</summary>
    public CopyDataDial(CopyDataHub hub, Endpoint endpoint, PeerProcess listener)
    {
        _hub = hub;
        _endpoint = endpoint;
        _listener = listener;
        Key = CopyDataHub.NewKey();
        hub.Add(Key, this);
        if (listener.Id != Environment.ProcessId) listener.OnExit(_ => hub.Pump.Post(OnExit));
    }

    public UInt128 Key { get; }

    /// <summary>The link when it is there, or the listener's refusal.</summary>
    public Task<CopyDataLink> Done => _done.Task;

    public long OnMessage(in CopyDataMessage message, nint sender)
    {
        lock (_gate)
        {
            if (message.Kind == CopyDataKind.Challenge && !_givenUp)
            {
                if (_link is null) return Prove(message, sender);

                // Again, since the first answer came too late for the listener.
                if (message.Sequence == _number && message.SenderKey == _peerKey) return (long)_number;
                return new CopyDataAnswer(CopyDataCode.Gone).Encode();
            }
        }

        return _link?.OnMessage(message, sender) ?? new CopyDataAnswer(CopyDataCode.Gone).Encode();
    }

    public void OnSignal(CopyDataSignal signal)
    {
        if (_link is { } link) link.OnSignal(signal);
        else if (signal == CopyDataSignal.NotAllowed) _done.TrySetException(NotAllowed());
    }

    /// <summary>Ends the dial, and the link if it was just made.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            _givenUp = true;
            if (_link is not null)
            {
                _link.Abort();
                return;
            }
        }

        _hub.Remove(Key);
        _listener.Dispose();
    }

    private long Prove(in CopyDataMessage message, nint sender)
    {
        // The key went to the listener's window alone, and what answers must be of the same process.
        if (User32.ProcessOf(sender) != _listener.Id) return new CopyDataAnswer(CopyDataCode.Gone).Encode();
        _number = message.Sequence;
        _peerKey = message.SenderKey;
        var window = new CopyDataRemoteWindow(sender, _hub.Window);
        _link = new CopyDataLink(window, _peerKey, new CopyDataHome(_hub, Key, _listener));
        _done.TrySetResult(_link);
        return (long)_number;
    }

    private void OnExit()
    {
        if (_link is { } link) link.OnPeerExit(_listener.Id);
        else
        {
            _done.TrySetException(new ConnectionException(
                ConnectionError.NobodyListens,
                $"The listener at {_endpoint} ended before it accepted; start it again."));
        }
    }

    private ConnectionException NotAllowed() => new(
        ConnectionError.NotAllowed,
        $"The listener at {_endpoint} does not admit this user; run as its user or widen its access option.");
}
