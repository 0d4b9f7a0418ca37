namespace Culvert.Journals;

/// <summary>The steps of writing and draining a journal, at which tests kill the process.</summary>
internal enum JournalStep
{
    /// <summary>A shape is there and does not count yet.</summary>
    Described,

    /// <summary>A thread has its place and number, and nothing stands there yet.</summary>
    Claimed,

    /// <summary>The frame says how long it will be.</summary>
    Marked,

    /// <summary>The content is there.</summary>
    Filled,

    /// <summary>The frame counts.</summary>
    Committed,

    /// <summary>The collector has read frames and not handed them over.</summary>
    Read,

    /// <summary>They are durable, and the journal does not know it.</summary>
    Durable,

    /// <summary>The journal says that they are durable; their bytes are still there.</summary>
    Consumed,

    /// <summary>Their bytes are zeros.</summary>
    Zeroed,

    /// <summary>The first of the two fields lets the program use them again.</summary>
    HalfFreed,

    /// <summary>Both do.</summary>
    Freed,

    /// <summary>A dead program's journal is empty and still there.</summary>
    Drained,
}
