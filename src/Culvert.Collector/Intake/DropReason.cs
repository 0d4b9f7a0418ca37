namespace Culvert.Collector.Intake;

/// <summary>Why a record that reached the collector was not kept. Every drop has one.</summary>
internal enum DropReason
{
    /// <summary>It could not be read: broken JSON, half a body, bytes that are no batch.</summary>
    Malformed,

    /// <summary>It was longer than a limit, and nothing of it could be kept.</summary>
    TooLong,

    /// <summary>The disk was full, and its level was below what is still taken.</summary>
    DiskFull,

    /// <summary>It came faster than it could be taken, on an input that cannot make its sender wait.</summary>
    Overload,

    /// <summary>The collector was stopped while it held it, and its sender does not keep it.</summary>
    Stopped,

    /// <summary>The sender may not send here.</summary>
    NotAllowed,
}
