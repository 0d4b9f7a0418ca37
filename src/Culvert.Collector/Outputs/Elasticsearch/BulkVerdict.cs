namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>What an answer says of one record.</summary>
internal enum BulkVerdict
{
    /// <summary>It is stored, now or before.</summary>
    Stored,

    /// <summary>The server is pressed: try again after a pause, with less.</summary>
    Pressed,

    /// <summary>Something is wrong that a person must mend: try again after a pause.</summary>
    Blocked,

    /// <summary>The index has no room for another field: try again without numeric ones.</summary>
    TooManyFields,

    /// <summary>This one will never be taken.</summary>
    Refused,
}
