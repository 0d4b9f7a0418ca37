using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;
using Culvert.Transports.CopyData;
using Culvert.Transports.InMemory;
using Culvert.Transports.Local;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.SharedMemory;
using Culvert.Transports.StandardStreams;
using Culvert.Transports.Tcp;
using Culvert.Transports.Tls;
using Culvert.Transports.UnixSockets;

namespace Culvert.Transports;

/// <summary>The transports of this process, by scheme.</summary>
internal static class TransportRegistry
{
    private static readonly Dictionary<string, Transport> ByScheme = new Transport[]
    {
        new LocalTransport(),
        new UnixSocketTransport(),
        new NamedPipeTransport(),
        new TcpTransport(),
        new TlsTransport(new TcpTransport()),
        new InMemoryTransport(),
        new CopyDataTransport(),
        new StandardStreamsTransport(),
        new InheritedTransport(),
        new SharedMemoryTransport(),
    }.ToDictionary(transport => transport.Scheme, StringComparer.Ordinal);

    public static Transport Find(Endpoint endpoint) =>
        ByScheme.TryGetValue(endpoint.Scheme, out var transport)
            ? transport
            : throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"No transport is called '{endpoint.Scheme}'; there are {string.Join(", ", ByScheme.Keys.Order())}.");
}
