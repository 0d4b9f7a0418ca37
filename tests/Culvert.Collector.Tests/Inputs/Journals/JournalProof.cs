using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Spool;
using Culvert.Journals;
using Culvert.Records;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Inputs.Journals;

/// <summary>Programs that log into journals and are killed, a collector that drains them and is killed, and what must
/// then be in the spool.</summary>
internal sealed class JournalProof : IDisposable
{
    private const int Threads = 4;

    /// <summary>What the peer takes for the place that a program takes when it names none.</summary>
    private const string DefaultFolder = "default";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Of who was killed: by SIGKILL, and as Process.Kill has it on Windows.</summary>
    private static readonly int KilledCode = OperatingSystem.IsWindows() ? -1 : 128 + 9;

    private readonly TempFolder _folder = new();
    private readonly List<string> _rounds = [];
    private readonly HashSet<string> _spilling = [];
    private Process? _collector;

    /// <summary>How many collectors were killed so far.</summary>
    public int CollectorsKilled { get; private set; }

    /// <summary>Programs of which a record lay in the second file; known after the check.</summary>
    public int Spilled { get; private set; }

    /// <summary>The folder in memory; null where the system has none.</summary>
    public string? InMemory => JournalFolder.InMemory(_folder.Path);

    private string Journals => Path.Combine(_folder.Path, "journals");

    private string Data => Path.Combine(_folder.Path, "spool");

    public void Dispose()
    {
        if (_collector is { HasExited: false }) _collector.Kill();
        _collector?.Dispose();
        if (Directory.Exists(InMemory)) Directory.Delete(InMemory, recursive: true);
        _folder.Dispose();
    }

    public async Task StartCollectorAsync(string? step = null, int occurrence = 0)
    {
        _collector?.Dispose();
        _collector = Start(
            ["journal-collect", Journals, Data, .. step is null ? (string[])[] : [step, Text(occurrence)]]);
        await ReadAsync(_collector, "ready");
    }

    public void KillCollector() => _collector!.Kill();

    public async Task CollectorDiedAsync()
    {
        await ExitAsync(_collector!, KilledCode);
        CollectorsKilled++;
    }

    /// <summary>A program that kills itself.</summary>
    public Process StartWriter(string role, params string[] arguments) => Start(role, Journals, arguments);

    /// <summary>A program that logs and kills itself. Its journal lies in memory, or on the disk; it may keep on the
    /// disk what its journal has no room for.</summary>
    public Process StartLogging(int killAfterUs, bool isInMemory, bool spills)
    {
        if (spills) _spilling.Add(Text(_rounds.Count));
        return Start(
            "journal-log", isInMemory ? DefaultFolder : Journals,
            [Text(killAfterUs), spills ? Text(JournalLimits.CapacityMin) : "0"]);
    }

    public static async Task WriterDiedAsync(Process writer)
    {
        using (writer) await ExitAsync(writer, KilledCode);
    }

    /// <summary>Waits until the journals in memory are drained and gone; the collector goes on.</summary>
    public async Task DrainedAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (JournalFolder.Journals(InMemory!).Count > 0)
            await timer.WaitForNextTickAsync().AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until the journals are drained and gone, stops the collector and looks at what it has.</summary>
    public async Task CheckAsync(string seed)
    {
        await _collector!.StandardInput.WriteLineAsync("drain");
        await ReadAsync(_collector, "done");
        await ExitAsync(_collector, 0);
        Assert.False(Directory.Exists(InMemory), $"'{InMemory}' was left behind.");
        await using var spool = TestSpool.Open(TestSpool.Options(Data));
        var counts = ReadCounts(spool);
        foreach (var round in _rounds)
        {
            var path = CountersOf(round);
            var counters = File.Exists(path) ? File.ReadAllBytes(path) : new byte[Threads * sizeof(long)];
            for (var thread = 0; thread < Threads; thread++)
            {
                var returned = BinaryPrimitives.ReadInt64LittleEndian(counters.AsSpan(thread * sizeof(long)));
                var found = counts.GetValueOrDefault($"{round} {thread}") ?? [];
                var (numbers, highest) = (found.Count, found.Count == 0 ? 0 : found.Max());

                // What was under way when the program died may be there or not.
                Assert.True(
                    highest >= returned && highest <= returned + 1 && numbers == highest,
                    $"seed {seed}, round {round}, thread {thread}: {returned} calls returned; {numbers} records are "
                    + $"there, the highest {highest}");
            }
        }

        var ledger = spool.Ledger.Snapshot();
        Assert.True(ledger.Balanced, $"seed {seed}: {ledger}");
        foreach (var producer in ledger.Producers)
        {
            // Each thread may have died with a place that it had taken.
            Assert.True(
                producer.Lost <= Threads && producer.Produced - producer.Received <= Threads,
                $"seed {seed}: {producer}");
        }
    }

    public int RecordsReturned() => (int)_rounds.Sum(round => !File.Exists(CountersOf(round)) ? 0 :
        Enumerable.Range(0, Threads).Sum(thread => BinaryPrimitives.ReadInt64LittleEndian(
            File.ReadAllBytes(CountersOf(round)).AsSpan(thread * sizeof(long)))));

    private Dictionary<string, HashSet<long>> ReadCounts(TestSpool spool)
    {
        var counts = new Dictionary<string, HashSet<long>>(StringComparer.Ordinal);
        var producers = new Dictionary<string, HashSet<ProducerId>>(StringComparer.Ordinal);
        using var reader = spool.Spool.OpenReader(0);
        while (reader.TryRead(out var entry))
        {
            Assert.True(RecordBatchReader.TryOpen(entry.Records.Span, out var batch, out _));
            while (batch.TryRead(out var record))
            {
                var body = BodyOf(record);
                var cut = body.LastIndexOf(' ');
                var number = long.Parse(body.AsSpan(cut + 1), CultureInfo.InvariantCulture);
                if (!counts.TryGetValue(body[..cut], out var numbers)) counts[body[..cut]] = numbers = [];
                Assert.True(numbers.Add(number), $"{body} is there twice.");

                // One file gives a thread's records in order; of two the collector reads one before the other.
                var round = body[..body.IndexOf(' ')];
                if (!_spilling.Contains(round)) Assert.Equal(numbers.Count, number);
                if (!producers.TryGetValue(round, out var files)) producers[round] = files = [];
                files.Add(entry.Producer);
            }
        }

        // Each file has an identity of its own.
        Spilled = producers.Values.Count(files => files.Count > 1);
        return counts;
    }

    /// <summary>Where a shape made the message, its name stands in front, once more as the writer has it: another
    /// shape's would differ.</summary>
    private static string BodyOf(in RecordView record)
    {
        var parts = System.Text.Encoding.UTF8.GetString(record.Body).Split('|');
        if (parts.Length > 1) Assert.Equal(parts[0], parts[1]);
        return parts[^1];
    }

    private static async Task ExitAsync(Process process, int code)
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(code, process.ExitCode);
    }

    private static async Task ReadAsync(Process process, string line) => Assert.Equal(
        line, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken));

    private Process Start(string role, string folder, string[] arguments)
    {
        var round = Text(_rounds.Count);
        _rounds.Add(round);
        return Start([role, folder, CountersOf(round), round, .. arguments]);
    }

    private Process Start(IEnumerable<string> arguments)
    {
        var peer = Path.Combine(
            AppContext.BaseDirectory.Replace("Culvert.Collector.Tests", "Culvert.TestPeer", StringComparison.Ordinal),
            OperatingSystem.IsWindows() ? "Culvert.TestPeer.exe" : "Culvert.TestPeer");
        return Process.Start(new ProcessStartInfo(peer, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
            Environment = { ["CULVERT_DATA"] = _folder.Path },
        })!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string CountersOf(string round) => Path.Combine(_folder.Path, $"counters-{round}");
}
