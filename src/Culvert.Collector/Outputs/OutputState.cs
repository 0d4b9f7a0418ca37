namespace Culvert.Collector.Outputs;

/// <summary>How an output fares.</summary>
internal enum OutputState
{
    /// <summary>Not opened yet.</summary>
    Starting,

    /// <summary>It delivers, or has nothing to deliver.</summary>
    Running,

    /// <summary>Something is wrong, the sentence says what; it goes on trying, and the spool keeps the
    /// records.</summary>
    Retrying,

    /// <summary>The collector stops.</summary>
    Stopped,
}
