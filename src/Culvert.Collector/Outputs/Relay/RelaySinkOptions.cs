using Culvert.Collector.Inputs;
using Culvert.Connections;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>What a person says of an output of type <c>collector</c>, and which collector it is.</summary>
internal sealed record RelaySinkOptions
{
    /// <summary>The output's name in the configuration.</summary>
    public required string Output { get; init; }

    /// <summary>Where the other collector listens.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Who this side is.</summary>
    public required RelaySelf Self { get; init; }

    /// <summary>What this side calls itself, for people.</summary>
    public string Name { get; init; } = HostName.Own;

    /// <summary>Connects in another way than by <see cref="Endpoint"/>: tests cut connections with it.</summary>
    internal Func<CancellationToken, ValueTask<Connection>>? Connect { get; init; }

    /// <summary>The endpoint as it is said to people, without the files that stand behind it.</summary>
    public string Place => Endpoint.Split('?')[0];
}
