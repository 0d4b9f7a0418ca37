using Culvert.Collector.Inputs.Lines;
using Culvert.Connections;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>The records of one sender of datagrams that are gathered for the next batch.</summary>
internal sealed class SenderBatch
{
    public SenderBatch(string input, Peer peer)
    {
        Origin = PeerAttributes.EncodeOrigin(input, peer);
        Resources = new ResourceTable(Batch, PeerAttributes.Resource(input, peer));
    }

    public byte[] Origin { get; }

    public RecordBatchWriter Batch { get; } = new();

    public ResourceTable Resources { get; }
}
