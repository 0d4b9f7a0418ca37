using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Journals;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Journals;
using Culvert.Logging;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.TestPeer;

/// <summary>A program that logs into a journal and is killed, and a collector that drains journals and is
/// killed.</summary>
internal static partial class JournalRoles
{
    public const int Threads = 4;
    public const int CapacityBytes = JournalLimits.CapacityMin;

    /// <summary>The place that a program takes when it names none.</summary>
    public const string DefaultFolder = "default";

    /// <summary>After so many records a thread adds the next one, until there is no room for more.</summary>
    private const int RecordsOfAShape = 20;

    /// <summary>Between two records of a thread, so that a round is not millions of records.</summary>
    private const int SpinsBetweenRecords = 300;

    /// <summary>With it a few dozen records fill a journal: what a round writes that ends after milliseconds.</summary>
    private static readonly KeyValuePair<string, object?>[] Ballast = [new("ballast", new string('b', 4_000))];

    /// <summary>Logs through AddCulvert until it kills itself after so many microseconds. Of each thread, the number of
    /// calls that returned stands in a mapped file.</summary>
    public static void Log(string folder, string counters, string round, int killAfterUs, int spillBytes)
    {
        using var provider = new CulvertLoggerProvider(new CulvertLoggerOptions
        {
            Journal = JournalMode.Always,
            JournalFolder = folder == DefaultFolder ? null : folder,
            Service = "writer",
            BufferBytes = CapacityBytes,
            SpillBytes = spillBytes,
            FullMode = FullMode.Wait,
            WaitTimeout = Timeout.InfiniteTimeSpan,
        });
        provider.SetScopeProvider(new LoggerExternalScopeProvider());
        var logger = provider.CreateLogger("Writer");
        var began = Stopwatch.GetTimestamp();
        Run(counters, (thread, number) =>
        {
            // Without a scope the first of the two writes its values alone.
            using var scope = spillBytes == 0 ? null : logger.BeginScope(Ballast);
            if (number % 2 == 0) Logged(logger, round, thread, number);
            else logger.LogInformation("{Round} {Thread} {Number}", round, thread, number);
        });
        while (Stopwatch.GetElapsedTime(began).TotalMicroseconds < killAfterUs) Thread.SpinWait(50);
        Process.GetCurrentProcess().Kill();
    }

    /// <summary>The same with the journal alone; it kills itself when a step is reached for the nth time.</summary>
    public static void Write(string folder, string counters, string round, string step, int occurrence)
    {
        var killAt = Enum.Parse<JournalStep>(step);
        var writer = JournalWriter.Create(new JournalOptions
        {
            Folder = folder,
            CapacityBytes = CapacityBytes,
            Resource = AttributeWriter.Encode([new("service.name", "writer")]),
            FullMode = FullMode.Wait,
            WaitTimeout = Timeout.InfiniteTimeSpan,
            OnStep = reached =>
            {
                if (reached == killAt && Interlocked.Decrement(ref occurrence) == 0) Process.GetCurrentProcess().Kill();
            },
        });
        var shapes = new (uint Number, string Name)[Threads];
        Run(counters, (thread, number) =>
        {
            var body = string.Create(CultureInfo.InvariantCulture, $"{round} {thread} {number}");
            if (number % RecordsOfAShape == 1)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{thread}.{number}");
                if (writer.AddShape(ShapeOf(name)) is var added and > 0) shapes[thread] = (added, name);
            }

            // Twice the shape's name: once from the shape and once from the record.
            var (shape, its) = shapes[thread];
            if (number % 2 == 0 || !TryCommitShaped(writer, shape, $"{its}|{body}")) Commit(writer, body);
        });
        Console.In.ReadLine();
    }

    /// <summary>Drains journals into a spool until a line comes; then stops in order. Kills itself when a step is
    /// reached for the nth time, if one is given.</summary>
    public static async Task<int> CollectAsync(string folder, string data, string? step, int occurrence)
    {
        JournalStep? killAt = step is null ? null : Enum.Parse<JournalStep>(step);
        var ledger = new Ledger();
        await using (var spool = LogSpool.Open(new SpoolOptions { Folder = data, FreeSpaceFloorBytes = 0 }, ledger))
        {
            var context = new InputContext(
                "journal", new SpoolIntake(spool, ledger), ledger, TimeProvider.System, NullLoggerFactory.Instance);
            var inMemory = JournalFolder.InMemory(JournalFolder.DefaultData);
            await using var input = new JournalInput(context, folder, inMemory, reached =>
            {
                if (reached == killAt && --occurrence == 0) Process.GetCurrentProcess().Kill();
            });
            await input.StartAsync(CancellationToken.None);
            Console.WriteLine("ready");
            if (await Console.In.ReadLineAsync() == "drain")
            {
                using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
                while (JournalFolder.Journals(folder).Any()
                    || (inMemory is not null && JournalFolder.Journals(inMemory).Any()))
                    await timer.WaitForNextTickAsync();
            }
        }

        Console.WriteLine("done");
        return 0;
    }

    private static void Run(string counters, Action<int, int> log)
    {
        var file = MemoryMappedFile.CreateFromFile(counters, FileMode.OpenOrCreate, null, Threads * sizeof(long));
        var view = file.CreateViewAccessor();
        for (var i = 0; i < Threads; i++)
        {
            var thread = i;
            new Thread(() =>
            {
                for (var number = 1; ; number++)
                {
                    log(thread, number);
                    view.Write(thread * sizeof(long), (long)number);
                    Thread.SpinWait(SpinsBetweenRecords);
                }
            }) { IsBackground = true }.Start();
        }
    }

    private static byte[] ShapeOf(string name) => JournalShape.TryEncode(
        "{Body}"u8, "Writer"u8, null, [Encoding.UTF8.GetBytes(name + "|"), []], [new AttributeKey("Body")],
        AttributeWriter.Encode([]))!;

    private static bool TryCommitShaped(JournalWriter writer, uint shape, string body)
    {
        var record = new ShapedRecordWriter(new byte[JournalLimits.ShapedBytesMax], Severity.Info, 1);
        record.Add(body);
        return writer.TryCommitShaped(Severity.Info, shape, record.Written);
    }

    [LoggerMessage(LogLevel.Information, "{Round} {Thread} {Number}")]
    private static partial void Logged(ILogger logger, string round, int thread, int number);

    private static void Commit(JournalWriter writer, string body)
    {
        var scratch = RecordScratch.Rent();
        var record = scratch.Begin(Severity.Info, 1);
        record.Body(body);
        record.BeginAttributes().End();
        record.EndRecord();
        if (!writer.Commit(Severity.Info, [], scratch.Content)) throw new InvalidOperationException("No room.");
        scratch.Return();
    }
}
