using Culvert.Collector.Intake;

namespace Culvert.Collector.Spool;

/// <summary>Appends that are made durable by one write and one fsync. Filled under the gate; once it is taken by the
/// committer nobody adds to it.</summary>
internal sealed class SpoolGroup(ulong firstPosition, byte[] buffer)
{
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Position of its first record: all below it is durable before it is written.</summary>
    public ulong FirstPosition { get; } = firstPosition;

    public byte[] Buffer { get; private set; } = buffer;

    public int Length { get; private set; }

    /// <summary>The entries with their offsets in the buffer.</summary>
    public List<(EntryHeader Header, int Offset)> Entries { get; } = [];

    /// <summary>What the intake wants to count when the group is done, in the order of the appends.</summary>
    public List<PendingBatch> Batches { get; } = [];

    /// <summary>Whether there is anything to do, be it only to tell waiters.</summary>
    public bool IsEmpty => Entries.Count == 0 && Batches.Count == 0;

    /// <summary>True when it is durable, false when it failed. Continuations run on the thread pool, never on the
    /// committer, which they could stall.</summary>
    public Task<bool> Completion => _completion.Task;

    public void Add(in EntryHeader header, ReadOnlySpan<byte> origin, ReadOnlySpan<byte> records, uint salt)
    {
        var bytes = header.EntryBytes;
        Reserve(bytes);
        var target = Buffer.AsSpan(Length, bytes);
        header.Write(target, salt);
        origin.CopyTo(target[EntryLayout.HeaderBytes..]);
        records.CopyTo(target[(EntryLayout.HeaderBytes + origin.Length)..]);
        target[(EntryLayout.HeaderBytes + origin.Length + records.Length)..].Clear();
        Entries.Add((header, Length));
        Length += bytes;
    }

    public void Finish(bool durable) => _completion.TrySetResult(durable);

    private void Reserve(int bytes)
    {
        if (Buffer.Length - Length >= bytes) return;
        var larger = new byte[Math.Max(Buffer.Length * 2, Length + bytes)];
        Buffer.AsSpan(0, Length).CopyTo(larger);
        Buffer = larger;
    }
}
