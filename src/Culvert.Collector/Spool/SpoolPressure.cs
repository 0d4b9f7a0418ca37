namespace Culvert.Collector.Spool;

/// <summary>How short the disk is, and so what is not taken any more.</summary>
internal enum SpoolPressure
{
    /// <summary>Everything is taken.</summary>
    None,

    /// <summary>Trace and Debug are shed.</summary>
    ShedDebug,

    /// <summary>Info and what has no level is shed too.</summary>
    ShedInfo,

    /// <summary>Warning is shed too.</summary>
    ShedWarning,

    /// <summary>Nothing is taken.</summary>
    Refuse,
}
