using System.Diagnostics;
using System.Globalization;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>The test peer in a process of its own; killed at the end, whatever happened.</summary>
internal sealed class ChildPeer : IAsyncDisposable
{
    private readonly Process _process;

    private ChildPeer(Process process) => _process = process;

    public int Id => _process.Id;

    public static ChildPeer Start(string role, string endpoint, params string[] prefix)
    {
        // Beside the tests in the artifacts folder, by project and configuration.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, "..", "..", "Culvert.TestPeer", configuration, "Culvert.TestPeer"));
        string[] all = [.. prefix, program, role, endpoint];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return new ChildPeer(Process.Start(start)!);
    }

    /// <summary>The next line that the child says, or null when it ended.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken);

    /// <summary>Lets the child go on.</summary>
    public async Task NudgeAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>SIGKILL: the process gets no chance to say anything.</summary>
    public void Kill() => _process.Kill();

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
