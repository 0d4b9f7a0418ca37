using Culvert.Collector.Records;
using Culvert.Collector.Store;

namespace Culvert.Collector.Search;

/// <summary>New records as they come in.</summary>
/// <remarks>One thread at a time. Skip, read until it gives false, wait, and so on.</remarks>
internal interface ISearchTail : IDisposable
{
    /// <summary>From here another tail goes on without a gap.</summary>
    ulong Cursor { get; }

    /// <summary>The cursor behind a record that was just given.</summary>
    ulong CursorBehind(in StoredRecord record);

    /// <summary>Goes on nearer to the end when this tail is so far behind that nobody would read it all; returns how
    /// many records were left out.</summary>
    ValueTask<ulong> SkipAsync(CancellationToken cancellationToken);

    /// <summary>Gives the matches of the next piece; false when there is nothing new. The visitor's answer is not
    /// looked at.</summary>
    ValueTask<bool> ReadAsync(RecordVisitor visit, CancellationToken cancellationToken);

    /// <summary>Completes when there may be more.</summary>
    ValueTask WaitAsync(CancellationToken cancellationToken);
}
