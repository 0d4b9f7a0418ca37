using System.Text.Json;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;

namespace Culvert.Cli.Demo;

/// <summary>One run of the demo: starts everything, kills the shop once and starts it again, shows the ledger, and ends
/// with it.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-demo-").FullName;
    private readonly Dictionary<string, ChildProcess> _running = new(StringComparer.Ordinal);
    private readonly LiveText _screen = new();
    private ChildProcess? _collector;
    private HttpReader? _reader;

    private string DataFolder => Path.Combine(_folder, "data");

    private string SocketPath => Path.Combine(_folder, "culvert.sock");

    private string SyslogPath => Path.Combine(_folder, "syslog.sock");

    /// <summary>Runs until the time is over or Ctrl-C; 0 only when the ledger adds up.</summary>
    public static async Task<int> RunAsync(TimeSpan limit, string http, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var run = new DemoRun();
        try
        {
            if (await DemoPrograms.BuildAsync(cancellationToken) is { } problem)
            {
                Console.Error.WriteLine($"culvert: the web service of the demo cannot be built.\n{problem}");
                return ExitCode.Failed;
            }

            var programs = await run.StartAsync(http);
            if (limit != Timeout.InfiniteTimeSpan) end.CancelAfter(limit);
            await run.WatchAsync(programs, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The time is over, or Ctrl-C.
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or ReaderException)
        {
            // Ctrl-C reaches the programs as well, and one that ended for that is no failure.
            if (end.IsCancellationRequested) return await run.FinishAsync();
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return ExitCode.Failed;
        }

        return await run.FinishAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _running.Values) await program.DisposeAsync();
        if (_reader is not null) await _reader.DisposeAsync();
        if (_collector is not null) await _collector.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<IReadOnlyList<DemoProgram>> StartAsync(string http)
    {
        _collector = ChildProcess.StartSelfApart(
            "up", "--data", DataFolder, "--http", http, "--listen", $"unix://{SocketPath}", "--listen", $"syslog+unix://{SyslogPath}");
        var ready = await _collector.WaitForLineAsync("ready ", StartTimeout);
        var page = ready.Split(' ').Last(word => word.StartsWith("http://", StringComparison.Ordinal));
        _reader = new HttpReader(new Uri(page), token: null);

        var (programs, missing) = DemoPrograms.Find(SocketPath, SyslogPath);
        foreach (var sentence in missing) Console.WriteLine(sentence);
        foreach (var program in programs) _running[program.Name] = program.Start();
        Console.WriteLine($"The page is at {page}");
        Console.WriteLine(
            $"Programs that log: {string.Join(", ", programs.Select(program => program.Name))}. Ctrl-C ends it.");
        Console.WriteLine();
        return programs;
    }

    private async Task WatchAsync(IReadOnlyList<DemoProgram> programs, CancellationToken cancellationToken)
    {
        const int KillAtTick = 5;
        const int RestartAtTick = 7;
        var shop = programs.First(program => program.Name == DemoPrograms.Shop);
        var note = "";
        using var timer = new PeriodicTimer(Tick);
        for (var tick = 1; ; tick++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            if (_collector!.HasExited)
                throw new InvalidOperationException($"The collector ended. {_collector.LastLines}");
            foreach (var (name, program) in _running)
            {
                if (program.HasExited)
                    throw new InvalidOperationException($"The program '{name}' ended. {program.LastLines}");
            }

            if (tick == KillAtTick)
            {
                _running.Remove(shop.Name, out var victim);
                note = $"The shop (process {victim!.Id}) was killed with kill -9; it starts again soon.";
                victim.Kill();
                await victim.DisposeAsync();
            }

            if (tick == RestartAtTick)
            {
                _running[shop.Name] = shop.Start();
                note = $"The shop was killed with kill -9 and runs again as process {_running[shop.Name].Id}.";
            }

            _screen.Show($"{LedgerText.Format(await ReadLedgerAsync(_reader!))}\n{note}");
        }
    }

    /// <summary>Ends the programs, then the collector, and reads from the folder what the collector left
    /// there.</summary>
    private async Task<int> FinishAsync()
    {
        foreach (var program in _running.Values) await program.StopAsync(StopTimeout);
        _screen.Clear();
        if (!await _collector!.StopAsync(StopTimeout))
            Console.Error.WriteLine("culvert: the collector did not end by itself.");

        await using var reader = FolderReader.Open(DataFolder);
        var ledger = await ReadLedgerAsync(reader);
        var found = await reader.CountAsync(new SearchTerms("", null, null), CancellationToken.None);
        var spooled = ledger.GetProperty("total").GetProperty("spooled").GetInt64();
        Console.Write(LedgerText.Format(ledger));
        var isRight = LedgerText.IsBalanced(ledger) && found == spooled && spooled > 0;
        Console.WriteLine(isRight
            ? $"The ledger adds up, and a search finds all {found} records."
            : $"The ledger does not add up: {spooled} records were spooled, a search finds {found}.");
        return isRight ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<JsonElement> ReadLedgerAsync(ICollectorReader reader)
    {
        using var document = JsonDocument.Parse(await reader.StatsAsync(CancellationToken.None));
        return document.RootElement.Clone();
    }
}
