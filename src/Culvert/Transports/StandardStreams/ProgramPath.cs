namespace Culvert.Transports.StandardStreams;

/// <summary>Where a program is, on Linux.</summary>
internal static class ProgramPath
{
    /// <summary>The path of the options' program. Throws NobodyListens when it is nowhere, InvalidEndpoint when its
    /// working folder is not there.</summary>
    public static string Find(ChildOptions options)
    {
        var name = options.FileName;
        if (options.WorkingFolder is { } folder && !Directory.Exists(folder)) throw ChildErrors.NoFolder(name, folder);
        if (name.Contains('/', StringComparison.Ordinal))
            return File.Exists(name) ? Path.GetFullPath(name) : throw ChildErrors.NotFound(name);

        var folders = Environment.GetEnvironmentVariable("PATH") ?? "";
        var found = folders.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(place => Path.Combine(place, name))
            .Where(File.Exists)
            .ToArray();

        // As a shell does: one that may be run goes before one that may not.
        return found.FirstOrDefault(MayRun) ?? found.FirstOrDefault() ?? throw ChildErrors.NotFound(name);
    }

    private static bool MayRun(string path)
    {
        const UnixFileMode Any = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Any) != 0;
    }
}
