using System.Text.Json.Nodes;

namespace Culvert.Collector.Elasticsearch;

/// <summary>One thing that a setup installs.</summary>
/// <param name="What">Its name for a person.</param>
/// <param name="Path">Where it is put.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="Body">What is put.</param>
/// <param name="Problem">A sentence when it is impossible, else empty.</param>
internal sealed record SetupStep(string What, string Path, SetupChange Change, JsonObject Body, string Problem);

/// <summary>What a setup does with a thing.</summary>
internal enum SetupChange
{
    /// <summary>It is there as it should be.</summary>
    None,

    /// <summary>It was not there.</summary>
    Created,

    /// <summary>It was there and other.</summary>
    Updated,

    /// <summary>The server has nothing of the kind.</summary>
    Impossible,
}
