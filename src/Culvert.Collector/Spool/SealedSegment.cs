namespace Culvert.Collector.Spool;

/// <summary>Reads the footer of a segment of an earlier run, when it is first needed.</summary>
internal static class SealedSegment
{
    public static void TryLearn(ISpoolFiles files, SpoolSegment segment) => TryLearn(files, segment, out _);

    /// <summary>Fills in what the footer says; false when there is none, and then the whole file may hold
    /// entries.</summary>
    public static bool TryLearn(ISpoolFiles files, SpoolSegment segment, out SegmentFooter footer)
    {
        footer = default;
        if (segment.IsKnown) return false;
        Span<byte> bytes = stackalloc byte[SegmentLayout.FooterBytes];
        using var file = files.OpenRead(segment.Name);
        var at = file.Length - SegmentLayout.FooterBytes;
        if (at < SegmentLayout.HeaderBytes
            || !SegmentFooter.TryRead(bytes[..file.Read(at, bytes)], out footer)
            || footer.FirstPosition != segment.FirstPosition || footer.DataEnd != at) return false;
        segment.Know(footer);
        return true;
    }
}
