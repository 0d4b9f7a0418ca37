using Culvert.Collector.Spool;

namespace Culvert.Collector.Outputs;

/// <summary>
/// Where one output's records go: a file, a broker, a search server, another collector. It only writes; reading the
/// spool, the cursor, trying again and stopping is <see cref="SpoolPump"/>'s.
/// </summary>
/// <remarks>One call at a time. A call that throws <see cref="OutputException"/> ends this sink: it is disposed of, and
/// after a pause another begins at the first record that is not confirmed. So a sink needs no retry of its own, but may
/// have one (and then says so by <see cref="OutputStatus.Trouble"/>).</remarks>
internal interface IOutputSink : IAsyncDisposable
{
    /// <summary>All records below this position that were written are safe on the other side. It never goes back, and
    /// may move at any time.</summary>
    ulong Confirmed { get; }

    /// <summary>Fails when the other side is gone, also while there is nothing to write, so that the output is back by
    /// then. Without a connection of its own a sink has none.</summary>
    Task? Ended => null;

    /// <summary>Makes ready to write; once, first.</summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Takes records, in the order of their positions, without waiting for the other side. The entry's memory
    /// is the caller's again afterwards.</summary>
    /// <param name="entry">The batch; its records are read with <see cref="EntryRecords"/>.</param>
    /// <param name="first">The index of the first record that is wanted.</param>
    /// <returns>The index of the first record that was not taken: less than the count of records when there is no room,
    /// and then <see cref="WaitForRoomAsync"/> comes next.</returns>
    int Write(in SpoolEntry entry, int first);

    /// <summary>Completes when there is room for at least one more record. However long that takes, programs notice
    /// nothing: the spool grows.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);

    /// <summary>Completes when everything written is confirmed. Called whenever the spool has nothing more, so that a
    /// batch never waits for company.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
