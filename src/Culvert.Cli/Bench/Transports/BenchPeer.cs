using System.Diagnostics;
using System.Globalization;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The second process of a measurement, and the first line it says. It ends with its standard input, which is
/// at the latest when this process ends.</summary>
internal sealed class BenchPeer : IAsyncDisposable
{
    private readonly Process _process;

    private BenchPeer(Process process, string said) => (_process, Said) = (process, said);

    /// <summary>What it said when it was ready.</summary>
    public string Said { get; }

    /// <param name="arguments">A hidden command of <c>culvert bench</c> and its arguments.</param>
    public static Task<BenchPeer> StartAsync(params string[] arguments) => StartOnAsync(null, arguments);

    /// <param name="processor">Where it runs, by the system's <c>taskset</c>; null for anywhere.</param>
    /// <param name="arguments">A hidden command of <c>culvert bench</c> and its arguments.</param>
    public static async Task<BenchPeer> StartOnAsync(int? processor, params string[] arguments)
    {
        // Started by its own host or by `dotnet culvert.dll`: the child is started the same way.
        var start = new ProcessStartInfo(processor is null ? Environment.ProcessPath! : "taskset")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        if (processor is { } number)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
            start.ArgumentList.Add(Environment.ProcessPath!);
        }

        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Culvert.Cli.dll"));
        }

        start.ArgumentList.Add("bench");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadLineAsync().ConfigureAwait(false)
            ?? throw new InvalidOperationException("The second process of the benchmark did not start.");
        return new BenchPeer(process, said);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }
}
