using Culvert.Connections;

namespace Culvert.Transports;

/// <summary>The transports of this process, by scheme.</summary>
internal static class TransportRegistry
{
    private static readonly Dictionary<string, Transport> ByScheme = new(StringComparer.Ordinal);

    public static Transport Find(Endpoint endpoint) =>
        ByScheme.TryGetValue(endpoint.Scheme, out var transport)
            ? transport
            : throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"No transport is called '{endpoint.Scheme}'; there are {string.Join(", ", ByScheme.Keys.Order())}.");
}
