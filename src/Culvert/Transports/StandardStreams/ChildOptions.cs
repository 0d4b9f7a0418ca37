using Culvert.Transports.AnonymousPipes;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.StandardStreams;

/// <summary>Which program to start as a child, and how its logs and its end are treated.</summary>
public sealed class ChildOptions
{
    /// <summary>The program: a path, or a name that is looked for in the folders of PATH. A relative path is relative
    /// to this process's current folder. No shell has a part in it; batch files of Windows are refused.</summary>
    public required string FileName { get; init; }

    /// <summary>The program's arguments, each passed on as it is. Default: none.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folder it starts in. Default: this process's current one.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Environment variables on top of this process's own; null removes one. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Pairs whose other ends the child inherits, and no process but it. It finds them by their
    /// <see cref="AnonymousPipePair.ChildEndpoint"/>; this process's copies are closed once it has started. Default:
    /// none.</summary>
    public IReadOnlyList<AnonymousPipePair> Pipes { get; init; } = [];

    /// <summary>How long starting may take: the system may have to read the program from a slow disk. Default 5 s,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told of each line that the child writes to its standard error, in order, one at a time, on a thread of
    /// the pool. What it throws is logged. A callback that is too slow never stops the child: beyond 1,024 lines that
    /// wait the oldest are dropped and counted. Default: none; with no <see cref="Logger"/> either the child has this
    /// process's standard error.</summary>
    public Action<string>? LogLine { get; init; }

    /// <summary>Where the child's lines (as Information) and what happens to it are logged. Default: nowhere.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Longest line of the child's logs, in bytes; a longer one comes in pieces. Default 8 KiB, range 256 to 1
    /// MiB. Raising it lets a child make this process keep that much 1,024 times.</summary>
    public int LogLineBytesMax { get; init; } = 8 * 1024;

    /// <summary>How long a child may take to end by itself after its streams were closed, before it is killed. Default
    /// 5 s, zero kills it at once, at most a day.</summary>
    public TimeSpan ExitGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the processes that the child started, and theirs, are killed with it, as long as the child
    /// itself still lives. Default true.</summary>
    public bool KillsTree { get; init; } = true;

    internal bool TakesLogs => LogLine is not null || Logger is not null;

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(FileName);
        ArgumentOutOfRangeException.ThrowIfLessThan(LogLineBytesMax, ChildLimits.LogLineBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LogLineBytesMax, ChildLimits.LogLineBytesMax);
        if (StartTimeout != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(StartTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExitGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ExitGrace, ChildLimits.ExitGraceMax);
        if (Arguments.Append(FileName).Any(text => text.Contains('\0', StringComparison.Ordinal)))
            throw new ArgumentException("The name of a program and its arguments cannot hold a zero character.");
        foreach (var (name, value) in Environment)
        {
            if (name.Length > 0 && !name.AsSpan().ContainsAny('=', '\0') && value?.Contains('\0') != true) continue;
            throw new ArgumentException($"'{name}' cannot be set as an environment variable.");
        }
    }
}
