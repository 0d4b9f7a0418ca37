namespace Culvert.Collector.Inputs.Files;

/// <summary>Which files are followed, and how they are read.</summary>
internal sealed record FilesOptions
{
    /// <summary>Paths with <c>*</c> and <c>?</c> within a name and <c>**</c> for any number of folders.
    /// Relative ones begin at the working folder.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>Files that match one of these are left out. Default: what rotation has compressed.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = ["**/*.gz", "**/*.zst", "**/*.xz", "**/*.bz2", "**/*.zip"];

    /// <summary>Where the read positions are kept.</summary>
    public required string StateFile { get; init; }

    /// <summary>Default: what the first line of a file looks like.</summary>
    public FilesFormat Format { get; init; } = FilesFormat.Auto;

    /// <summary>Whether files that are there at the very first start are read from their beginning, or only what is
    /// added. What appears later is always read from its beginning. Default: from the beginning.</summary>
    public bool FromEnd { get; init; }

    /// <summary>The service of all files. Default: the container's name, or the file's without its extension.</summary>
    public string? ServiceName { get; init; }

    /// <summary>How often files that changed lately are looked at. Default 250 ms; shorter costs CPU for each
    /// file.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the patterns are gone through for new files, beside what the system reports of changes.
    /// Default 5 s.</summary>
    public TimeSpan ScanInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a last line without its end is waited for before it is taken as it is. Default 5 s.</summary>
    public TimeSpan PartialTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What the lines of a file are.</summary>
internal enum FilesFormat
{
    /// <summary>Told by the first line: Docker's, CRI's, or any line by itself.</summary>
    Auto,

    /// <summary>Text; JSON is not looked into.</summary>
    Plain,

    /// <summary>One JSON object a line; what is none is kept as text.</summary>
    Json,

    /// <summary>Docker's json-file driver.</summary>
    Docker,

    /// <summary>The Kubernetes container runtime interface, as containerd and CRI-O write it.</summary>
    Cri,
}
