namespace Culvert.Collector.Spool;

/// <summary>The points of the spool's writing at which a process may be killed, each tested by a real kill.</summary>
internal enum SpoolStep
{
    /// <summary>A group is about to be written.</summary>
    AppendStarting,

    /// <summary>The group is written, not yet durable.</summary>
    AppendWritten,

    /// <summary>The group is durable, nobody knows yet.</summary>
    AppendFlushed,

    /// <summary>A full segment is about to get its footer.</summary>
    SealStarting,

    /// <summary>The footer is written, not yet durable.</summary>
    SealWritten,

    /// <summary>The footer is durable, the next segment is not there.</summary>
    SealFlushed,

    /// <summary>The next segment is there, its folder entry may not be durable.</summary>
    SegmentCreated,

    /// <summary>A slot of the checkpoint is about to be written.</summary>
    CheckpointStarting,

    /// <summary>The slot is written, not yet durable.</summary>
    CheckpointWritten,

    /// <summary>The slot is durable.</summary>
    CheckpointFlushed,

    /// <summary>The range to delete is durable in the checkpoint, no file is deleted yet.</summary>
    DeleteStarting,

    /// <summary>A file was deleted, its folder is not yet durable.</summary>
    DeleteUnlinked,

    /// <summary>All files of the range are deleted, durably.</summary>
    DeleteFlushed,
}
