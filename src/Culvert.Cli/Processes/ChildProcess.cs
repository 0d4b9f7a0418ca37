using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Culvert.Cli.Processes;

/// <summary>A program that a command started, and ends: killed with its own descendants when disposed of.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _lastLines = new();

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The exit code, once it ended; 137 after SIGKILL.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines it wrote to either stream, for an error message.</summary>
    public string LastLines
    {
        get
        {
            lock (_lastLines) return string.Join(Environment.NewLine, _lastLines);
        }
    }

    /// <summary>What it writes to standard output, line by line; completes when it ends.</summary>
    public ChannelReader<string> Lines => _lines.Reader;

    /// <summary>Starts this command-line tool once more, with other arguments.</summary>
    public static ChildProcess StartSelf(params IEnumerable<string> arguments) =>
        StartSelf(arguments, writeInput: null);

    /// <summary>Starts this command-line tool once more and writes to its standard input.</summary>
    public static ChildProcess StartSelf(
        IEnumerable<string> arguments, Func<Stream, Task>? writeInput,
        IReadOnlyDictionary<string, string>? environment = null) =>
        Start(DotnetHost, [typeof(ChildProcess).Assembly.Location, .. arguments], environment, writeInput);

    /// <summary>Starts this command-line tool once more in a session of its own, so that Ctrl-C at our terminal does
    /// not end it before we do. Where there is no setsid it is a plain child.</summary>
    public static ChildProcess StartSelfApart(params IEnumerable<string> arguments)
    {
        const string SetSid = "/usr/bin/setsid";
        if (!File.Exists(SetSid)) return StartSelf(arguments);

        // setsid replaces itself by the program, so its process is the program's.
        return Start(SetSid, [DotnetHost, typeof(ChildProcess).Assembly.Location, .. arguments]);
    }

    /// <summary>Starts a program. Its standard input is closed unless <paramref name="writeInput"/> is given.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null, Func<Stream, Task>? writeInput = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.OnOutput(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Remember(line.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        _ = child.WriteInputAsync(writeInput);
        return child;
    }

    /// <summary>Waits for a line of its standard output that begins so. Throws with its last lines when it ends
    /// before.</summary>
    public async Task<string> WaitForLineAsync(string beginning, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(deadline.Token))
            {
                if (line.StartsWith(beginning, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} did not say '{beginning}' in {timeout.TotalSeconds:0} s. {LastLines}");
        }

        throw new InvalidOperationException($"{Name} ended before it said '{beginning}'. {LastLines}");
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken = default) =>
        _process.WaitForExitAsync(cancellationToken);

    /// <summary>SIGKILL: it gets no chance to say anything more.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to end and waits; kills it when it takes longer than the timeout. True when it ended by
    /// itself.</summary>
    public async Task<bool> StopAsync(TimeSpan timeout)
    {
        if (_process.HasExited) return true;
        if (OperatingSystem.IsWindows()) _process.Kill(entireProcessTree: true);
        else _ = SendSignal(_process.Id, SigTerm);

        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }

    /// <summary>CPU seconds it used so far, user and system.</summary>
    public double CpuSeconds()
    {
        _process.Refresh();
        return _process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>The most memory it ever had resident, in MB of 10^6 bytes (VmHWM of /proc/PID/status on
    /// Linux).</summary>
    public double PeakMemoryMegabytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 / 1e6;
        }

        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(
            "VmHWM:", StringComparison.Ordinal));
        var kibibytes = line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the kill.
        }

        _process.Dispose();
    }

    /// <summary>The dotnet that runs us, or the one on the path when we are run by a test's own executable.</summary>
    private static string DotnetHost =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    private string Name => Path.GetFileName(_process.StartInfo.FileName);

    private void OnOutput(string? line)
    {
        Remember(line);
        if (line is null) _lines.Writer.TryComplete();
        else _lines.Writer.TryWrite(line);
    }

    private void Remember(string? line)
    {
        const int LinesKept = 10;
        if (line is null) return;
        lock (_lastLines)
        {
            if (_lastLines.Count == LinesKept) _lastLines.Dequeue();
            _lastLines.Enqueue(line);
        }
    }

    private async Task WriteInputAsync(Func<Stream, Task>? writeInput)
    {
        try
        {
            await using var input = _process.StandardInput.BaseStream;
            if (writeInput is not null) await writeInput(input);
        }
        catch (IOException)
        {
            // It ended before it read everything, which its exit code tells.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
