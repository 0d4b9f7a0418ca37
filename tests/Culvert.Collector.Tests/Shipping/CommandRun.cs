using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Culvert.Collector.Tests.Shipping;

/// <summary>Runs a program to its end, with input, and keeps what it says.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task _errorRead;
    private readonly SaidText _error = new();

    private CommandRun(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errorRead = _error.ReadAsync(process.StandardError);
    }

    public Process Process => _process;

    public StreamWriter Input => _process.StandardInput;

    public static CommandRun Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return new CommandRun(Process.Start(start)!);
    }

    /// <summary>The command-line tool, as it is built beside the tests.</summary>
    public static string Tool => Path.Combine(AppContext.BaseDirectory, "Culvert.Cli.dll");

    public static CommandRun Culvert(params string[] arguments) => Start("dotnet", [Tool, .. arguments]);

    public static string InRepository(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", path));

    public static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Waits until the program has said this on its error stream.</summary>
    public Task WaitForErrorAsync(string text) =>
        _error.WaitForAsync(text).WaitAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);

    public async Task<(int Code, string Output, string Error)> EndAsync()
    {
        if (_process.StartInfo.RedirectStandardInput) _process.StandardInput.Close();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(40));
        await _errorRead;
        return (_process.ExitCode, await _output, _error.Text);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
