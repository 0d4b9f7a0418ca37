using System.Globalization;

namespace Culvert.Collector.Spool;

/// <summary>
/// The lock on a data folder, so that two collectors never write to the same. It is held by the open file and goes with
/// the process, however that ends; a second file says to people who holds it, since the first cannot be read meanwhile.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private const string LockName = "collector.lock";
    private const string HolderName = "collector.holder";

    private readonly FileStream _file;
    private readonly string _holderPath;

    private DataFolderLock(FileStream file, string holderPath) => (_file, _holderPath) = (file, holderPath);

    /// <summary>Takes the lock, or says who holds it. The folder is made when it is not there, with mode
    /// 0700.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="time">For the start time that the next one reads.</param>
    /// <param name="holder">Without the lock, the holder as a phrase for a person: process, start time,
    /// command.</param>
    /// <returns>The lock, which the caller disposes, or null.</returns>
    public static DataFolderLock? TryAcquire(string folder, TimeProvider time, out string holder)
    {
        holder = "";
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var holderPath = Path.Combine(folder, HolderName);
        FileStream file;
        try
        {
            file = new FileStream(
                Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            holder = ReadHolder(holderPath);
            return null;
        }

        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z ({Command()})");
        try
        {
            File.WriteAllText(holderPath, text);
        }
        catch (IOException)
        {
            // The disk is full: the lock holds all the same, only the next one is not told by whom.
        }

        return new DataFolderLock(file, holderPath);
    }

    public void Dispose()
    {
        // Removed before the lock is given up: after it, the file may be another's.
        File.Delete(_holderPath);
        _file.Dispose();
    }

    private static string ReadHolder(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return text.Length > 0 ? text : "another process";
        }
        catch (IOException)
        {
            return "another process";
        }
    }

    private static string Command() => string.Join(' ', Environment.GetCommandLineArgs());
}
