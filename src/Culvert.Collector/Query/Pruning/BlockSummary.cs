using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Query.Pruning;

/// <summary>What is known of a block of records without reading it.</summary>
internal readonly ref struct BlockSummary
{
    /// <summary>The filter of the block's tokens; null if there is none, which rules out nothing.</summary>
    public ITokenFilter? Tokens { get; init; }

    /// <summary>Bit n is set if a record has the severity number n.</summary>
    public required uint Severities { get; init; }

    /// <summary>The sources of the records, each at least once; empty if not known.</summary>
    public required ReadOnlySpan<Source> Sources { get; init; }

    /// <summary>The bit of one severity in <see cref="Severities"/>.</summary>
    public static uint SeverityBit(Severity severity) => 1u << (int)severity;

    public bool MayContain(ulong hash) => Tokens is null || Tokens.MayContain(hash);
}
