namespace Culvert.Collector.Records;

/// <summary>How records look on a terminal.</summary>
internal sealed record RecordTextOptions
{
    /// <summary>Whether levels, attributes and found words are coloured. Only where the output is a terminal.</summary>
    public bool Colours { get; init; }

    /// <summary>In which the time is shown. Default: UTC.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether the attributes follow the body. Default: yes.</summary>
    public bool Attributes { get; init; } = true;

    /// <summary>Longest attribute value shown, in characters; the rest becomes an ellipsis. Default: 200.</summary>
    public int ValueLengthMax { get; init; } = 200;
}
