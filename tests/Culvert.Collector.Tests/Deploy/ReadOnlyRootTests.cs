using System.Net;
using Culvert.Cli.Processes;
using Culvert.Collector.Tests.EndToEnd;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Deploy;

/// <summary>The real collector as a pod runs it: as user 1654 without any capability, and with every mount read-only
/// but its data. It needs root to set that up.</summary>
[Trait("system", "linux")]
public sealed class ReadOnlyRootTests : IDisposable
{
    // In a mount namespace of its own, so that nothing outside is changed; what the kernel does not let be made
    // read-only, such as /proc, a pod has as well.
    private const string Script = """
        set -e
        mount --make-rprivate /
        mount --bind "$1" "$1"
        mount -o remount,bind,ro /
        awk '{print $5}' /proc/self/mountinfo | sort -u | while read mount; do
            case $mount in "$1"|/proc*|/dev*|/sys*) ;; *) mount -o remount,bind,ro "$mount" 2>/dev/null || true ;; esac
        done
        ! touch "$2/probe" 2>/dev/null
        shift 2
        exec setpriv --reuid 1654 --regid 1654 --groups 0 --bounding-set=-all --inh-caps=-all --no-new-privs \
            env -i PATH="$PATH" DOTNET_EnableDiagnostics=0 CULVERT_HOST=node-7 "$@"
        """;

    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Collector_WithoutRightsOnAReadOnlyRoot_TakesRecordsAndIsReady()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can set it up.");
        foreach (var needed in (string[])["/usr/bin/unshare", "/usr/bin/setpriv"])
            Assert.SkipUnless(File.Exists(needed), $"{needed} is not here.");
        var tool = typeof(ChildProcess).Assembly.Location;
        Assert.SkipUnless(await IsReadableAsync(tool), $"User 1654 cannot read {tool}.");
        var data = Path.Combine(_folder.Path, "data");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Path, Open);
            Directory.CreateDirectory(data);
        }

        await RunAsync("chown", "1654:1654", data);
        var configuration = Path.Combine(_folder.Path, "culvert.json");
        var socket = $"unix://{data}/socket/log.sock";
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            {
              "http": { "address": "0.0.0.0:0", "insecure": true, "openMetrics": true },
              "inputs": { "programs": { "type": "listen", "endpoint": "{{socket}}", "everyone": true } }
            }
            """,
            TestContext.Current.CancellationToken);

        await using var collector = ChildProcess.Start(
            "unshare",
            ["--mount", "sh", "-c", Script, "sh", data, _folder.Path, "dotnet", tool, "up", "--config", configuration,
                "--data", data]);
        var ready = await collector.WaitForLineAsync("ready ", RunningCollector.Timeout);
        using var client = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{new Uri(ready.Split(' ')[^1]).Port}"),
        };
        using var answer = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var (code, said) = await RunningCollector.RunToolAsync(
            ["send", "--to", $"{socket}?owner=1654"], input => input.WriteAsync("from a pod\n"u8.ToArray()).AsTask());
        Assert.True(code == 0, said);
        Assert.True(await collector.StopAsync(RunningCollector.Timeout), collector.LastLines);
        Assert.Equal(0, collector.ExitCode);
    }

    private static async Task<bool> IsReadableAsync(string path) =>
        await RunAsync("setpriv", "--reuid", "1654", "--regid", "1654", "--clear-groups", "test", "-r", path) == 0;

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(
            RunningCollector.Timeout, TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
