using Culvert.Shipping;

namespace Culvert.Journals;

/// <summary>How a journal is made and what it does when it is full. Checked by who reads them from a person.</summary>
internal sealed class JournalOptions
{
    public required string Folder { get; init; }

    /// <summary>Rounded up to a power of two.</summary>
    public required int CapacityBytes { get; init; }

    /// <summary>Encoded.</summary>
    public required byte[] Resource { get; init; }

    public FullMode FullMode { get; init; } = FullMode.Drop;

    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromSeconds(1);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether it is to stay in memory: then its pages are made at once, since met one by one they cost a log
    /// call half a microsecond each, and Windows is asked to keep them. A journal that is seldom written need
    /// not.</summary>
    public bool StaysInMemory { get; init; } = true;

    /// <summary>Where records go that find no room, before any waits or is dropped; null for nowhere. The journal
    /// disposes of it.</summary>
    public JournalWriter? Spill { get; init; }

    /// <summary>Told of each step: tests end the process there.</summary>
    public Action<JournalStep>? OnStep { get; init; }
}
