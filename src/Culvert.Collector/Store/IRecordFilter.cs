using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>What a search looks for, as the store sees it. Any thread; calls overlap.</summary>
internal interface IRecordFilter
{
    /// <summary>What of a record <see cref="Matches"/> looks at; the rest may be empty.</summary>
    ColumnSet Columns { get; }

    /// <summary>Whether the filter can rule out a block by its tokens, so that reading the tokens is worth it.</summary>
    bool AsksTokens { get; }

    bool Matches(in StoredRecord record);

    /// <summary>What can be said of a block without reading its records.</summary>
    /// <param name="severities">Bit n is set when a record has the severity n.</param>
    /// <param name="sources">The block's sources.</param>
    /// <param name="tokens">The block's filter; null where it is not known.</param>
    BlockFit Fit(uint severities, ReadOnlySpan<Source> sources, TokenProbe? tokens);
}

/// <summary>Whether a block's records match, as far as its summary tells.</summary>
internal enum BlockFit
{
    /// <summary>None does.</summary>
    None,

    /// <summary>Each must be asked.</summary>
    Some,

    /// <summary>Every one does.</summary>
    All,
}
