using Culvert.Connections;
using Culvert.Records;

namespace Culvert.Collector.Inputs;

/// <summary>What the kernel says of a sender, as attributes.</summary>
internal static class PeerAttributes
{
    /// <summary>The origin of its records: what the collector saw itself.</summary>
    public static byte[] EncodeOrigin(string input, Peer peer) => AttributeWriter.Encode(Origin(input, peer));

    /// <summary>The same, to be added to.</summary>
    public static List<KeyValuePair<string, object?>> Origin(string input, Peer peer)
    {
        var attributes = new List<KeyValuePair<string, object?>> { new("input", input) };
        if (peer.ProcessId is { } processId) attributes.Add(new("peer.pid", processId));
        if (peer.UserId is { } userId) attributes.Add(new("peer.uid", userId));
        if (peer.UserName is { } userName) attributes.Add(new("peer.user", userName));
        if (peer.ExecutablePath is { } executable) attributes.Add(new("peer.exe", executable));
        if (peer.Certificate is { } certificate) attributes.Add(new("peer.subject", certificate.Subject));

        // Without the port, which is another for each connection and would make each a source of its own.
        if (peer.RemoteAddress is System.Net.IPEndPoint address)
            attributes.Add(new("peer.address", address.Address.ToString()));
        return attributes;
    }

    /// <summary>The resource of records whose sender says nothing of itself: the program, by its file's name.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Resource(string input, Peer peer)
    {
        yield return new("service.name", peer.ExecutablePath is { } path ? Path.GetFileName(path) : input);
        if (peer.ProcessId is { } processId) yield return new("process.pid", processId);
        if (peer.IsLocal ?? true) yield return new("host.name", HostName.Own);
    }

    /// <summary>A name for messages to a person.</summary>
    public static string Describe(Peer peer) => peer switch
    {
        { ProcessId: { } processId, ExecutablePath: { } path } => $"{Path.GetFileName(path)}, process {processId}",
        { ProcessId: { } processId } => $"process {processId}",
        { RemoteAddress: { } address } => address.ToString() ?? "unknown",
        _ => "unknown",
    };
}
