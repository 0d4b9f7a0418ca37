using Culvert.Connections;
using Culvert.Records;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Inputs.Http;

/// <summary>Encodes what the collector itself knows of the sender of a request.</summary>
internal static class HttpOrigin
{
    public static byte[] Of(HttpContext context, string input)
    {
        var buffer = new RecordBuffer(128);
        var origin = AttributeWriter.Begin(buffer);
        origin.Add("input"u8, System.Text.Encoding.UTF8.GetBytes(input));

        // Without the port: it is another one for each connection, and would make each a source of its own.
        if (context.Connection.RemoteIpAddress is { } address) origin.Add("peer.address", address.ToString().AsSpan());

        // The host that serves the page and the inputs sets it where it asked the kernel who is on the other side.
        if (context.Features.Get<Peer>() is { } peer)
        {
            if (peer.ProcessId is { } pid) origin.Add("peer.pid"u8, pid);
            if (peer.UserId is { } uid) origin.Add("peer.uid"u8, uid);
            if (peer.UserName is { } user) origin.Add("peer.user", user.AsSpan());
            if (peer.ExecutablePath is { } path) origin.Add("peer.exe", path.AsSpan());
        }

        origin.End();
        return buffer.Written.ToArray();
    }
}
