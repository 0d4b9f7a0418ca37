using Culvert.Connections;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>What journals need of the system: folders and files of one user alone, a lock that ends with its program
/// however that ends, and a file mapped twice in a row. All else is the same everywhere.</summary>
/// <remarks>Any thread.</remarks>
internal abstract unsafe class JournalSystem
{
    public static JournalSystem Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsJournals() : new LinuxJournals();

    /// <summary>The user of this process, to whom each file belongs that <see cref="TryOpen"/> gives.</summary>
    public abstract Peer User { get; }

    /// <summary>How the paths of this user's folders in the system's memory begin; null where there is no such
    /// memory.</summary>
    public abstract string? InMemory { get; }

    /// <summary>Whether anything lies at the path, be it a link that leads nowhere.</summary>
    public abstract bool IsThere(string path);

    /// <summary>Makes a folder for this user alone, and those above it that are missing.</summary>
    public abstract void CreateFolder(string folder);

    /// <summary>Why the folder is none, not this user's, or not closed to others, as a sentence; null when all is
    /// well.</summary>
    public abstract string? ProblemOf(string folder);

    /// <summary>Makes a new file for this user alone. Throws <see cref="JournalException"/>.</summary>
    /// <param name="path">Where nothing may be yet.</param>
    /// <param name="staysInMemory">See <see cref="JournalOptions.StaysInMemory"/>.</param>
    public abstract SafeFileHandle Create(string path, bool staysInMemory);

    /// <summary>Gives a new file its size, with all the room that it takes. Throws
    /// <see cref="JournalException"/>.</summary>
    public abstract void Reserve(SafeFileHandle file, long bytes);

    /// <summary>Opens a regular file of this user, closed to others and never through a link; null when it is not, or
    /// cannot be opened now.</summary>
    public abstract SafeFileHandle? TryOpen(string path);

    /// <summary>Takes the lock on a file, unless it is taken through another handle.</summary>
    public abstract bool TryLock(SafeFileHandle file);

    public abstract void Unlock(SafeFileHandle file);

    /// <summary>Maps the header and the ring, and behind it the ring once more. Throws
    /// <see cref="JournalException"/>.</summary>
    /// <param name="file">At its full size.</param>
    /// <param name="capacity">Bytes of the ring.</param>
    /// <param name="makesPages">Whether all pages are made now.</param>
    public abstract byte* Map(SafeFileHandle file, int capacity, bool makesPages);

    public abstract void Unmap(byte* address, int capacity);
}
