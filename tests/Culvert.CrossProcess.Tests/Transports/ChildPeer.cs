using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>The test peer in a process of its own; killed at the end, whatever happened.</summary>
internal sealed partial class ChildPeer : IAsyncDisposable
{
    private static readonly TimeSpan ExitMax = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Func<CancellationToken, ValueTask<string?>> _readLine;
    private readonly Func<Task> _nudge;

    /// <summary>A process that is there, however it says its lines and is let go on.</summary>
    public ChildPeer(Process process, Func<CancellationToken, ValueTask<string?>> readLine, Func<Task> nudge) =>
        (_process, _readLine, _nudge) = (process, readLine, nudge);

    private ChildPeer(Process process)
        : this(process, process.StandardOutput.ReadLineAsync, () => NudgeAsync(process.StandardInput))
    {
    }

    /// <summary>Beside the tests in the artifacts folder, by project and configuration.</summary>
    public static string Program
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "Culvert.TestPeer.exe" : "Culvert.TestPeer";
            var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.GetFullPath(
                Path.Combine(AppContext.BaseDirectory, "..", "..", "Culvert.TestPeer", configuration, name));
        }
    }

    public int Id => _process.Id;

    public static ChildPeer Start(string role, string endpoint, params string[] prefix) =>
        Start([role, endpoint], prefix);

    /// <param name="arguments">What the child is to be, and what that needs.</param>
    /// <param name="prefix">A program that starts the child, as another user perhaps.</param>
    public static ChildPeer Start(string[] arguments, string[] prefix)
    {
        string[] all = [.. prefix, Program, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return new ChildPeer(Process.Start(start)!);
    }

    /// <summary>The next line that the child says, or null when it ended.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken) => await _readLine(cancellationToken);

    /// <summary>Lets the child go on.</summary>
    public Task NudgeAsync() => _nudge();

    /// <summary>SIGKILL: the process gets no chance to say anything.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Kills the child and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Stops the child where it is, so that it answers nothing and does not end.</summary>
    public async Task StopAsync()
    {
        if (OperatingSystem.IsWindows()) Assert.Equal(0, NtSuspendProcess(_process.Handle));
        else await SignalAsync("STOP");
    }

    /// <summary>Lets a child that was stopped go on.</summary>
    public async Task ContinueAsync()
    {
        if (OperatingSystem.IsWindows()) Assert.Equal(0, NtResumeProcess(_process.Handle));
        else await SignalAsync("CONT");
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(ExitMax); // A test says that the child stays; it does not hang.
        _process.Dispose();
    }

    private static async Task NudgeAsync(StreamWriter input)
    {
        await input.WriteLineAsync("go");
        await input.FlushAsync();
    }

    [LibraryImport("ntdll.dll")]
    private static partial int NtSuspendProcess(nint process);

    [LibraryImport("ntdll.dll")]
    private static partial int NtResumeProcess(nint process);
}
