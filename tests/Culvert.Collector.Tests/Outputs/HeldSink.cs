using Culvert.Collector.Outputs;
using Culvert.Collector.Spool;
using Culvert.Collector.Tests.Spool;

namespace Culvert.Collector.Tests.Outputs;

/// <summary>A sink whose other side the test plays: it confirms when it is told to, and fails when it is told
/// to.</summary>
internal sealed class HeldSink(HeldSide side) : IOutputSink
{
    public ulong Confirmed => side.Confirmed;

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        side.Opened++;
        return ValueTask.CompletedTask;
    }

    public int Write(in SpoolEntry entry, int first)
    {
        if (side.Failure is { } failure) throw new OutputException(failure);
        var sequences = TestBatch.Sequences(entry.Records.Span);
        var taken = Math.Min(entry.RecordCount - first, side.RoomRecords);
        side.Got.AddRange(sequences.Skip(first).Take(taken));
        side.Next = entry.Position + (ulong)(first + taken);
        return first + taken;
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        await FlushAsync(cancellationToken);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        side.Asked.TrySetResult();
        await side.Open.Task.WaitAsync(cancellationToken);
        side.Confirmed = side.Next;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The other side of a <see cref="HeldSink"/>.</summary>
internal sealed class HeldSide
{
    public List<ulong> Got { get; } = [];

    public int RoomRecords { get; set; } = int.MaxValue;

    public ulong Confirmed { get; set; }

    public ulong Next { get; set; }

    public int Opened { get; set; }

    public string? Failure { get; set; }

    /// <summary>Confirms from when it is set.</summary>
    public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set when the pump waits for confirmation.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
