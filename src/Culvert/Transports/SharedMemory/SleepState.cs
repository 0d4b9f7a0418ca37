namespace Culvert.Transports.SharedMemory;

/// <summary>What a flag of a ring's header says of the side that set it, and so how to wake it. The peer's process may
/// write anything else there, which counts as <see cref="Bell"/>.</summary>
internal enum SleepState : uint
{
    Awake,

    /// <summary>It is woken by a byte on the control connection.</summary>
    Bell,

    /// <summary>A thread of it sleeps on the flag itself (<see cref="SharedSection.Sleep"/>).</summary>
    Flag,
}
