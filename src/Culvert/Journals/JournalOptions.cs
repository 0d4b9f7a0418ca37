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

    /// <summary>Told of each step: tests end the process there.</summary>
    public Action<JournalStep>? OnStep { get; init; }
}
