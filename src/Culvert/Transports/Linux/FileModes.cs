namespace Culvert.Transports.Linux;

/// <summary>Permissions of files and folders, for code that only runs on Linux.</summary>
internal static class FileModes
{
    public const UnixFileMode OwnerOnlyFolder =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public const UnixFileMode PassThroughFolder =
        OwnerOnlyFolder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public const UnixFileMode EveryoneSocket = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Creates a folder and those above it that are missing, with this mode less the umask.</summary>
    public static void CreateFolder(string folder, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        Directory.CreateDirectory(folder, mode);
    }

    public static void Set(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        File.SetUnixFileMode(path, mode);
    }
}
