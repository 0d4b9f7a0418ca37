namespace Culvert.Collector.Inputs.Lines;

/// <summary>Clears a draft and fills it from a text; never throws. See <see cref="LineRecordParser.Parse"/>.</summary>
internal delegate LineMends LineParse(ReadOnlySpan<byte> line, RecordDraft draft, bool isCut);
