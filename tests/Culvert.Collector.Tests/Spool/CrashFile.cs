namespace Culvert.Collector.Tests.Spool;

/// <summary>The content of a file in <see cref="CrashFiles"/>: what is seen, what is durable, and what was written
/// since.</summary>
internal sealed class CrashFile
{
    private const int Sector = 512;

    private readonly List<Change> _changes = [];
    private byte[] _seen = [];
    private byte[] _durable = [];

    public long Length { get; private set; }

    public long DurableLength { get; private set; }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _changes.Add(new Change(offset, bytes.ToArray(), 0));
        Length = Apply(ref _seen, Length, offset, bytes);
    }

    public int Read(long offset, Span<byte> buffer)
    {
        var count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        _seen.AsSpan((int)Math.Min(offset, Length), count).CopyTo(buffer);
        return count;
    }

    public void SetLength(long length)
    {
        _changes.Add(new Change(length, null, length));
        Length = Resize(ref _seen, Length, length);
    }

    public void Flush()
    {
        foreach (var change in _changes)
        {
            if (change.IsLost) continue;
            DurableLength = change.Bytes is null
                ? Resize(ref _durable, DurableLength, change.NewLength)
                : Apply(ref _durable, DurableLength, change.Offset, change.Bytes);
        }

        _changes.Clear();
    }

    /// <summary>The kernel gave up on what was written: it is still seen, but no later flush makes it
    /// durable.</summary>
    public void LoseChanges()
    {
        for (var i = 0; i < _changes.Count; i++) _changes[i] = _changes[i] with { IsLost = true };
    }

    /// <summary>Power is lost: of what was not flushed any part may have reached the disk, by sectors, in any
    /// order.</summary>
    public void Crash(Random random)
    {
        var share = random.Next(4) switch { 0 => 0.0, 1 => 1.0, 2 => 0.5, _ => 0.9 };
        foreach (var change in _changes)
        {
            if (change.Bytes is null)
            {
                if (random.NextDouble() < share) DurableLength = Resize(ref _durable, DurableLength, change.NewLength);
                continue;
            }

            for (var at = 0; at < change.Bytes.Length;)
            {
                var end = (int)Math.Min(change.Bytes.Length, at + Sector - ((change.Offset + at) % Sector));
                if (random.NextDouble() < share)
                    DurableLength =
                        Apply(ref _durable, DurableLength, change.Offset + at, change.Bytes.AsSpan(at, end - at));
                at = end;
            }
        }

        _changes.Clear();
        _seen = _durable.AsSpan(0, (int)DurableLength).ToArray();
        Length = DurableLength;
    }

    /// <summary>Flips bits on the disk.</summary>
    public void Damage(long offset, int count)
    {
        for (var i = offset; i < Math.Min(offset + count, Length); i++) _seen[i] = _durable[i] = (byte)~_durable[i];
    }

    private static long Apply(ref byte[] content, long length, long offset, ReadOnlySpan<byte> bytes)
    {
        var end = Math.Max(length, offset + bytes.Length);
        Grow(ref content, end);
        bytes.CopyTo(content.AsSpan((int)offset));
        return end;
    }

    private static long Resize(ref byte[] content, long length, long wanted)
    {
        Grow(ref content, wanted);
        if (wanted < length) content.AsSpan((int)wanted, (int)(length - wanted)).Clear();
        return wanted;
    }

    private static void Grow(ref byte[] content, long length)
    {
        if (content.Length < length) Array.Resize(ref content, (int)Math.Max(length, content.Length * 2L));
    }

    private sealed record Change(long Offset, byte[]? Bytes, long NewLength, bool IsLost = false);
}
