using System.Text.Json;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>A collector as a process of its own on a folder of its own, which can be killed and started
/// again.</summary>
internal sealed class RunningCollector : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-e2e-").FullName;
    private ChildProcess? _process;

    public string Folder => _folder;

    public string DataFolder => Path.Combine(_folder, "data");

    public string SocketPath => Path.Combine(_folder, "c.sock");

    public string SyslogPath => Path.Combine(_folder, "syslog.sock");

    public string Endpoint => $"unix://{SocketPath}";

    /// <summary>More of its environment.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public Uri Page { get; private set; } = new("http://127.0.0.1/");

    public ChildProcess Process => _process ?? throw new InvalidOperationException("It was not started.");

    public async Task StartAsync(params string[] more)
    {
        _process = ChildProcess.StartSelf(
            ["up", "--data", DataFolder, "--listen", Endpoint, "--listen", $"syslog+unix://{SyslogPath}", "--http",
                "127.0.0.1:0", .. more],
            writeInput: null, Environment);
        var ready = await _process.WaitForLineAsync("ready ", Timeout);
        Page = new Uri(ready.Split(' ').Last(word => word.StartsWith("http://", StringComparison.Ordinal)));
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.DisposeAsync();
        _process = null;
    }

    public async Task StopAsync()
    {
        Assert.True(await Process.StopAsync(Timeout), $"The collector did not end by itself. {Process.LastLines}");
        Assert.Equal(0, Process.ExitCode);
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>Ends it however it can be, when it still runs.</summary>
    public async Task EndAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>A reader as the command line's, over HTTP while it runs.</summary>
    public HttpReader OpenReader() => new(Page, token: null);

    public async Task<JsonElement> LedgerAsync()
    {
        await using var reader = OpenReader();
        using var document = JsonDocument.Parse(await reader.StatsAsync(TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    /// <summary>Runs the command-line tool to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunToolAsync(params string[] arguments) =>
        await RunToolAsync(arguments, input: null);

    public static async Task<(int ExitCode, string Output)> RunToolAsync(string[] arguments, Func<Stream, Task>? input)
    {
        await using var tool = ChildProcess.StartSelf(arguments, input);
        var lines = new List<string>();
        await foreach (var line in tool.Lines.ReadAllAsync(TestContext.Current.CancellationToken)) lines.Add(line);
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Timeout, TestContext.Current.CancellationToken);
        return (tool.ExitCode, lines.Count > 0 ? string.Join('\n', lines) : tool.LastLines);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
