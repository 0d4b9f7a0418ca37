namespace Culvert.Collector.Store;

/// <summary>The columns of a block; see <see cref="BlockLayout"/>. The numbers are on disk.</summary>
internal enum ColumnId : byte
{
    /// <summary>Zigzag varint of (position - predecessor's - 1); the first is the position itself. Left out when each
    /// is its predecessor's plus 1: then the first is the summary's first position.</summary>
    Positions = 0,

    /// <summary>Zigzag varint of the difference to the predecessor; the first is the time itself.</summary>
    Times = 1,

    /// <summary>As <see cref="Times"/>.</summary>
    Observed = 2,

    /// <summary>One byte a record.</summary>
    Severities = 3,

    /// <summary>One byte a record.</summary>
    Flags = 4,

    /// <summary>A varint a record: index into the summary's list of sources. Left out when there is one
    /// source.</summary>
    Sources = 5,

    /// <summary>A dictionary: count varint, strings, then a varint a record.</summary>
    Loggers = 6,

    /// <summary>A dictionary.</summary>
    Templates = 7,

    /// <summary>A dictionary.</summary>
    EventNames = 8,

    /// <summary>25 bytes for each record whose flags have Trace.</summary>
    Traces = 9,

    /// <summary>A varint a record.</summary>
    BodyLengths = 10,

    /// <summary>The bodies one after the other.</summary>
    Bodies = 11,

    /// <summary>A varint a record.</summary>
    AttributeLengths = 12,

    /// <summary>The attribute lists, as in RecordLayout, one after the other.</summary>
    Attributes = 13,
}
