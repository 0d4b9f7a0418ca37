namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>Where dead letters are kept, for people who look at them. One thread.</summary>
internal interface ILetterBox : IAsyncDisposable
{
    /// <summary>All letters that are still there, oldest first in each file or partition. Throws
    /// <see cref="OutputException"/> or <see cref="IOException"/> when they cannot be read.</summary>
    IEnumerable<KeptLetter> Read(CancellationToken cancellationToken);

    /// <summary>Sends a letter's content again to where it was to go, and notes that; throws
    /// <see cref="OutputException"/> when it is refused again or cannot be sent.</summary>
    Task ReplayAsync(KeptLetter letter, CancellationToken cancellationToken);
}
