using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Spool;

/// <summary>
/// Opens what a spool left behind, however it ended: finishes a deletion, counts again what was appended since the
/// checkpoint, cuts off a torn tail, and passes over damage. It reads the checkpoint, the names in the folder and the
/// entries since the checkpoint, so the time it takes does not depend on the backlog. docs/spool.md has the argument.
/// </summary>
internal sealed class SpoolRecovery(ISpoolFiles files, ISpoolState state, ILogger logger)
{
    private uint _salt;
    private ulong _expected;
    private ulong _replayed;

    public RecoveredSpool Run()
    {
        var checkpointFile = CheckpointFile.Open(files, out var checkpoint);
        var segments = ListSegments(checkpoint?.DeletedBelow ?? 0);
        if (checkpoint is null && segments.Count > 0 && !checkpointFile.WasBlank)
            SpoolLog.CheckpointLost(logger, files.Folder);
        _salt = checkpoint?.Salt ?? FindSalt(segments);
        state.Load(checkpoint?.State ?? []);

        var first = checkpoint?.FirstPosition ?? (segments.Count > 0 ? segments[0].FirstPosition : 0);
        _expected = checkpoint?.Position ?? first;
        var tail = Replay(segments, checkpoint);
        files.FlushFolder();
        return new RecoveredSpool
        {
            Checkpoint = checkpointFile,
            Salt = _salt,
            Segments = segments,
            Outputs = [.. checkpoint?.Outputs ?? []],
            Tail = tail,
            FirstPosition = Math.Min(first, _expected),
            NextPosition = _expected,
            NextNumber = Math.Max(checkpoint?.Segment ?? 0, segments.Count > 0 ? segments[^1].Number : 0) + 1,
            Replayed = _replayed,
        };
    }

    private List<SpoolSegment> ListSegments(ulong deletedBelow)
    {
        var segments = new List<SpoolSegment>();
        foreach (var (name, bytes) in files.List())
        {
            if (!SegmentLayout.TryParseName(name, out var number, out var firstPosition)) continue;
            if (number < deletedBelow)
                files.Delete(name);
            else
                segments.Add(
                    new SpoolSegment(number, firstPosition) { Bytes = bytes, DataEnd = bytes, IsKnown = false });
        }

        segments.Sort((left, right) => left.Number.CompareTo(right.Number));
        for (var i = 0; i + 1 < segments.Count; i++) segments[i].EndPosition = segments[i + 1].FirstPosition;
        return segments;
    }

    private uint FindSalt(List<SpoolSegment> segments)
    {
        Span<byte> bytes = stackalloc byte[SegmentLayout.HeaderBytes];
        foreach (var segment in segments)
        {
            using var file = files.OpenRead(segment.Name);
            if (SegmentHeader.TryRead(bytes[..file.Read(0, bytes)], out var header)) return header.Salt;
        }

        return BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
    }

    private ISpoolFile? Replay(List<SpoolSegment> segments, SpoolCheckpoint? checkpoint)
    {
        using var scanner = new SegmentScanner(_salt);
        ISpoolFile? tail = null;
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            if (checkpoint is not null && segment.Number < checkpoint.Segment) continue;
            var offset = segment.Number == checkpoint?.Segment ? checkpoint.Offset : SegmentLayout.HeaderBytes;
            if (i == segments.Count - 1)
            {
                tail = ReplayLast(scanner, segment, offset);
                break;
            }

            SealedSegment.TryLearn(files, segment);
            ReplayWhole(scanner, segment, offset);
        }

        // Where the last segment cannot be written on, a new one begins behind all that was ever told to be durable,
        // even if files are missing: a position is never given twice, and what is missing counts as damaged.
        if (tail is null && segments.Count > 0)
            segments[^1].EndPosition = Math.Max(segments[^1].EndPosition, _expected);
        return tail;
    }

    private void ReplayWhole(SegmentScanner scanner, SpoolSegment segment, long offset)
    {
        scanner.Open(files.OpenRead(segment.Name), Math.Min(offset, segment.DataEnd));
        while (scanner.TryNext(_expected, segment.EndPosition, segment.DataEnd, out var header, out var payload))
        {
            NoteDamage(header.Position);
            ReplayEntry(header, payload);
        }

        scanner.Close();
        NoteDamage(segment.EndPosition);
    }

    private ISpoolFile? ReplayLast(SegmentScanner scanner, SpoolSegment segment, long offset)
    {
        if (SealedSegment.TryLearn(files, segment, out var footer))
        {
            segment.EndPosition = footer.NextPosition;
            ReplayWhole(scanner, segment, offset);
            return null;
        }

        var file = files.OpenWrite(segment.Name);
        var length = file.Length;
        if (offset > Math.Max(length, SegmentLayout.HeaderBytes))
        {
            file.Dispose();
            return null;
        }

        var durable = DurableBelow(scanner, segment, offset, length);
        scanner.Open(files.OpenRead(segment.Name), offset);
        segment.DataEnd = offset;
        segment.EndPosition = Math.Max(segment.FirstPosition, _expected);
        var unsure = offset;
        while (scanner.TryNext(_expected, ulong.MaxValue, length, out var header, out var payload))
        {
            // A hole whose start nobody was told of is where a write was torn: what follows was not acknowledged
            // either, and keeping it would let later sequences hide that earlier ones are missing.
            if (header.Position > _expected && _expected >= durable) break;
            NoteDamage(header.Position);
            ReplayEntry(header, payload);
            segment.Add(header, scanner.EntryOffset);
            segment.DataEnd = scanner.NextOffset;
            if (header.NextPosition <= durable) unsure = segment.DataEnd;
            segment.EndPosition = _expected;
        }

        scanner.Close();
        segment.IsKnown = true;
        Cut(file, segment, length, unsure);
        return file;
    }

    /// <summary>All below was durable for certain: every entry says so of what lies below its group.</summary>
    private ulong DurableBelow(SegmentScanner scanner, SpoolSegment segment, long offset, long length)
    {
        var durable = _expected;
        scanner.Open(files.OpenRead(segment.Name), offset);
        while (scanner.TryNext(0, ulong.MaxValue, length, out var header, out _))
            durable = Math.Max(durable, header.GroupPosition);
        scanner.Close();
        return durable;
    }

    /// <summary>Cuts off what is not kept, and makes what is kept durable.</summary>
    private void Cut(ISpoolFile file, SpoolSegment segment, long length, long unsure)
    {
        if (length > segment.DataEnd) SpoolLog.TailCut(logger, segment.Name, length - segment.DataEnd);
        file.SetLength(segment.DataEnd);
        Span<byte> header = stackalloc byte[SegmentLayout.HeaderBytes];
        if (!SegmentHeader.TryRead(header[..file.Read(0, header)], out _))
        {
            new SegmentHeader(_salt, segment.Number, segment.FirstPosition, 0).Write(header);
            file.Write(0, header);
        }

        Rewrite(file, unsure, segment.DataEnd);
        file.Flush();
        segment.Bytes = segment.DataEnd;
    }

    /// <summary>The last group may lie in the page cache only, and after an fsync that failed no other fsync would
    /// write it. From here on it is told as durable, so it is written again, as it is.</summary>
    private static void Rewrite(ISpoolFile file, long from, long to)
    {
        if (from >= to) return;
        var bytes = new byte[Math.Min(to - from, SpoolLimits.ReadBytes)];
        for (var at = from; at < to;)
        {
            var count = file.Read(at, bytes.AsSpan(0, (int)Math.Min(bytes.Length, to - at)));
            if (count == 0) throw new EndOfStreamException("a segment became shorter while it was read.");
            file.Write(at, bytes.AsSpan(0, count));
            at += count;
        }
    }

    private void ReplayEntry(in EntryHeader header, ReadOnlyMemory<byte> payload)
    {
        state.Replay(SpoolReader.ToEntry(header, payload), header.ShedCount);
        _replayed += (ulong)header.RecordCount;
        _expected = header.NextPosition;
    }

    private void NoteDamage(ulong position)
    {
        if (position <= _expected) return;
        SpoolLog.Damaged(logger, _expected, position - 1);
        state.ReplayDamaged(position - _expected);
        _expected = position;
    }
}
