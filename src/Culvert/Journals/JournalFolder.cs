using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>The folder where the journals of one user's programs lie.</summary>
internal static class JournalFolder
{
    public const string Extension = ".journal";

    private const string NewExtension = ".new";
    private const string DamagedExtension = ".damaged";

    /// <summary>Of the data folder's hash, in the name of its folder in memory.</summary>
    private const int NameBytes = 8;

    /// <summary>Why this system has no journals; null where it has.</summary>
    public static string? Unsupported =>
        (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
            && Environment.Is64BitProcess && BitConverter.IsLittleEndian
            ? null
            : "Journals are built for 64-bit Linux and Windows; on this system records go over the connection.";

    /// <summary>The data folder of this user's collector, so that both sides find the journals without being
    /// told.</summary>
    public static string DefaultData =>
        Environment.GetEnvironmentVariable("CULVERT_DATA") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "culvert");

    /// <summary>The folder of the journals on the disk. That it is there says that a collector reads.</summary>
    public static string OnDisk(string dataFolder) => Path.Combine(dataFolder, "journals");

    /// <summary>The same in the system's memory, which outlives every program and no start of the machine; null where
    /// there is none. A log call that writes into a file of a disk waits when the kernel has too much of it to
    /// write.</summary>
    public static string? InMemory(string dataFolder)
    {
        if (Unsupported is not null || JournalSystem.Current.InMemory is not { } prefix) return null;
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder)));
        return prefix + Convert.ToHexStringLower(name.AsSpan(0, NameBytes));
    }

    /// <summary>Makes the folder where it is missing. Throws when it is no folder, another user's, or open to
    /// others.</summary>
    public static void Prepare(string folder)
    {
        try
        {
            if (!JournalSystem.Current.IsThere(folder)) JournalSystem.Current.CreateFolder(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"The folder of the journals cannot be made: {exception.Message}");
        }

        if (Problem(folder) is { } problem) throw new JournalException(problem);
    }

    /// <summary>What is wrong with the folder, as a sentence, or null.</summary>
    public static string? Problem(string folder) => JournalSystem.Current.ProblemOf(folder);

    /// <summary>The same of a folder that need not be there.</summary>
    public static string? ProblemIfThere(string folder) =>
        JournalSystem.Current.IsThere(folder) ? Problem(folder) : null;

    public static string NoFolder(string folder) =>
        $"'{folder}' is no folder, so it holds no journals; remove it or name another.";

    /// <summary>What has a journal's name; nothing where the folder is not there (any more): a program makes it when it
    /// needs it.</summary>
    public static IReadOnlyList<string> Journals(string folder) => Files(folder, Extension);

    /// <summary>Removes files that programs began and died over: nobody holds their lock.</summary>
    public static void RemoveUnfinished(string folder)
    {
        foreach (var path in Files(folder, NewExtension))
        {
            using var file = JournalSystem.Current.TryOpen(path);
            if (file is not null && JournalSystem.Current.TryLock(file)) TryDelete(path);
        }
    }

    /// <summary>Removes a file that was begun.</summary>
    public static void RemoveUnfinished(string folder, string name) =>
        TryDelete(Path.Combine(folder, name + NewExtension));

    /// <summary>Leaves nothing behind in the system's memory; a program that comes makes it again.</summary>
    public static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Programs have journals there, or it is gone.
        }
    }

    /// <summary>Removes what this user's programs and collectors have left of empty folders in the system's memory, for
    /// whatever data folder: who was killed removes none, and may never come again.</summary>
    /// <remarks>A program that makes a journal there at this moment makes its folder again
    /// (<see cref="JournalWriter.Create"/>); one that has made it is safe, since no folder with a file in it
    /// goes.</remarks>
    public static void RemoveEmptyInMemory()
    {
        if (Unsupported is not null || JournalSystem.Current.InMemory is not { } prefix) return;
        try
        {
            var found = Directory.EnumerateFileSystemEntries(
                Path.GetDirectoryName(prefix)!, Path.GetFileName(prefix) + "*");
            foreach (var path in found.Take(JournalLimits.FoldersSweptMax).ToArray())
            {
                var hash = path.AsSpan(prefix.Length);
                var isOne = hash.Length == 2 * NameBytes && !hash.ContainsAnyExcept("0123456789abcdef");
                if (!isOne || Problem(path) is not null) continue;
                RemoveUnfinished(path);
                RemoveIfEmpty(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What cannot be looked at, or goes meanwhile, is no reason not to collect.
        }
    }

    /// <summary>Makes a file under a name that no collector looks at, locked and as large as it will be.</summary>
    public static SafeFileHandle CreateFile(string folder, string name, long bytes, bool staysInMemory = true)
    {
        var path = Path.Combine(folder, name + NewExtension);
        var file = JournalSystem.Current.Create(path, staysInMemory);
        try
        {
            if (!JournalSystem.Current.TryLock(file))
                throw new JournalException($"The new journal '{path}' was locked by another process.");
            JournalSystem.Current.Reserve(file, bytes);
            return file;
        }
        catch
        {
            file.Dispose();
            RemoveUnfinished(folder, name);
            throw;
        }
    }

    /// <summary>Gives a finished file the name under which collectors find it.</summary>
    public static string Publish(string folder, string name)
    {
        var path = Path.Combine(folder, name + Extension);
        File.Move(Path.Combine(folder, name + NewExtension), path);
        return path;
    }

    /// <summary>Removes a drained journal. False on Windows while somebody, such as a scanner, holds it.</summary>
    public static bool TryRemove(string path)
    {
        if (!OperatingSystem.IsWindows()) return TryDelete(path);

        // A file that is mapped, by a program that has closed its journal and lives, keeps its name there, or cannot be
        // removed. So it gets one at which no collector looks, and is removed once it can be.
        var aside = Path.ChangeExtension(path, NewExtension);
        try
        {
            File.Move(path, aside, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        TryDelete(aside);
        return true;
    }

    /// <summary>Puts aside what cannot be read, for a person to look at; its new name.</summary>
    public static string PutAside(string path)
    {
        var aside = path + DamagedExtension;
        File.Move(path, aside, overwrite: true);
        return aside;
    }

    /// <summary>False where Windows cannot now.</summary>
    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception exception) when (
            OperatingSystem.IsWindows() && exception is (IOException or UnauthorizedAccessException))
        {
            return false;
        }
    }

    private static string[] Files(string folder, string extension)
    {
        try
        {
            var paths = Directory.GetFiles(folder, "*" + extension);
            paths.AsSpan().Sort(StringComparer.Ordinal);
            return paths;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
