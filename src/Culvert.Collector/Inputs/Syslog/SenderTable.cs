using System.Net;
using Culvert.Connections;
using Culvert.Transports.Linux;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// The senders of datagrams that were heard lately, each with its batch. Who a process is, is asked of the system once
/// in a while, since its number may pass to another program.
/// </summary>
/// <remarks>One thread.</remarks>
internal sealed class SenderTable(string input, TimeProvider time)
{
    private const int CountMax = 256;
    private static readonly TimeSpan KeepTime = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Sender, SenderBatch> _senders = [];
    private long _since = time.GetTimestamp();

    public IEnumerable<SenderBatch> Batches => _senders.Values;

    /// <summary>Whether all batches must be flushed and the table cleared before another sender is looked
    /// for.</summary>
    public bool IsFull => _senders.Count >= CountMax;

    public bool IsStale => time.GetElapsedTime(_since) > KeepTime;

    public SenderBatch OfProcess(Libc.Credentials? credentials)
    {
        var sender = new Sender(credentials?.ProcessId ?? 0, credentials?.UserId ?? uint.MaxValue, null);
        if (_senders.TryGetValue(sender, out var batch)) return batch;
        var peer = credentials is { } known ? PeerLookup.PeerOf(known) : Peer.Unknown;
        return _senders[sender] = new SenderBatch(input, peer);
    }

    public SenderBatch OfAddress(ReadOnlySpan<byte> address)
    {
        var ip = address.IsEmpty ? IPAddress.None : new IPAddress(address);
        var sender = new Sender(0, 0, ip);
        if (_senders.TryGetValue(sender, out var batch)) return batch;
        var peer = new Peer { RemoteAddress = new IPEndPoint(ip, 0), IsLocal = IPAddress.IsLoopback(ip) };
        return _senders[sender] = new SenderBatch(input, peer);
    }

    public void Clear()
    {
        _senders.Clear();
        _since = time.GetTimestamp();
    }

    private readonly record struct Sender(int ProcessId, uint UserId, IPAddress? Address);
}
