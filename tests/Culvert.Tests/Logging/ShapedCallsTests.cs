using System.Buffers.Binary;
using System.Diagnostics;
using Culvert.Journals;
using Culvert.Logging;
using Culvert.Records;
using Culvert.Tests.Journals;
using Microsoft.Extensions.Logging;

namespace Culvert.Tests.Logging;

/// <summary>A call whose values alone are in the journal is read as the record that the long way writes.</summary>
/// <remarks>A rule that names nothing sends each call the long way.</remarks>
[Collection(MessageTemplateTests.KnownTemplates)]
public sealed partial class ShapedCallsTests
{
    private const string Long = "a text of some length, ";

    private static readonly Action<ILogger, object, Exception?> OfAnything =
        LoggerMessage.Define<object>(LogLevel.Information, 7, "{Thing}");

    public ShapedCallsTests() =>
        Assert.SkipWhen(JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");

    public static TheoryData<string, Action<ILogger>> PlainCalls => new()
    {
        { "numbers", logger => Numbers(logger, -1, long.MinValue, -7, 255) },
        { "numbers unsigned", logger => Unsigned(logger, uint.MaxValue, ushort.MaxValue, -128) },
        { "zero", logger => Numbers(logger, 0, long.MaxValue, short.MaxValue, 0) },
        { "doubles", logger => Doubles(logger, 0.1, double.NaN, double.NegativeInfinity) },
        { "doubles at the ends", logger => Doubles(logger, -0.0, double.Epsilon, double.MaxValue) },
        { "flags", logger => Flags(logger, true, false) },
        { "no values", Nothing },
        { "no text", logger => Texts(logger, null, "") },
        { "texts", logger => Texts(logger, "a colour", "Zoë, 漢字 🦀.") },
        { "texts around a byte of length", logger => Texts(logger, new string('x', 127), new string('y', 128)) },
        { "texts around a pass", logger => Texts(logger, new string('é', 42), new string('é', 43)) },
        { "half a character", logger => Texts(logger, "a\uD800b", "c\uDC00d") },
        { "braces and control characters", logger => Texts(logger, "{Who}", "a\0b\n") },
        { "event without number", logger => NoNumber(logger, 3) },
    };

    public static TheoryData<string, Action<ILogger>> OtherCalls => new()
    {
        { "exception", logger => Failed(logger, 1, new InvalidOperationException("why")) },
        { "scope", InAScope },
        { "format", logger => Formatted(logger, 3.14159) },
        { "doubled braces", logger => Braces(logger, 3) },
        { "half a character at the end", logger => Texts(logger, "a\uD83E", "\uDD80b") },
        { "longer than the room", logger => Texts(logger, string.Concat(Enumerable.Repeat(Long, 40)), "x") },
        { "longer than the room at three bytes", logger => Texts(logger, new string('漢', 200), "x") },
        { "two that find no room together", logger => Texts(logger, new string('x', 300), new string('y', 300)) },
        { "anything", logger => OfAnything(logger, 5, null) },
        { "call by extension", logger => logger.LogInformation("{Count} of {Colour}", 1, "blue") },
        { "no template", logger => logger.Log(LogLevel.Error, 3, "text", null, static (text, _) => text) },
        { "template longer than a shape", logger => TemplateOf(5_000)(logger, 1, null) },
    };

    [Theory]
    [MemberData(nameof(PlainCalls), DisableDiscoveryEnumeration = true)]
    public void Log_PlainCall_IsShapedAndTheSameRecord(string what, Action<ILogger> call)
    {
        using var shaped = new Journaled();
        using var whole = new Journaled(redacts: "nobody");

        shaped.Log(call);
        whole.Log(call);

        Assert.True(shaped.IsShaped, what);
        Assert.False(whole.IsShaped, what);
        Assert.Equal(whole.Records(), shaped.Records());
    }

    [Theory]
    [MemberData(nameof(OtherCalls), DisableDiscoveryEnumeration = true)]
    public void Log_CallThatIsNotPlain_IsWholeAndTheSameRecord(string what, Action<ILogger> call)
    {
        using var shaped = new Journaled();
        using var whole = new Journaled(redacts: "nobody");

        shaped.Log(call);
        whole.Log(call);

        Assert.False(shaped.IsShaped, what);
        Assert.Equal(whole.Records(), shaped.Records());
    }

    [Fact]
    public void Log_PlainCallInATrace_IsShapedAndHasTheTrace()
    {
        using var activity = new Activity("work").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var shaped = new Journaled();
        using var whole = new Journaled(redacts: "nobody");

        shaped.Log(Nothing);
        whole.Log(Nothing);

        Assert.True(shaped.IsShaped);
        Assert.Equal(whole.Records(), shaped.Records());
        Assert.Contains(activity.SpanId.ToHexString(), shaped.Records()[0], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Log_KindsOfCallsBeyondEveryLimit_AreAllThere()
    {
        const int Kinds = 3_000;
        using var journal = new Journaled();

        journal.Log(logger =>
        {
            for (var i = 0; i < Kinds; i++)
                LoggerMessage.Define<int>(LogLevel.Information, i, $"kind {i} of {{Count}}")(logger, i, null);
        });

        Assert.Equal(Enumerable.Range(0, Kinds).Select(i => $"kind {i} of {i}"), journal.Bodies());
        Assert.Equal((true, false), (journal.IsShaped, journal.IsLastShaped));
    }

    [Fact]
    public void Log_ShapesBeyondTheirPlace_AreWhole()
    {
        // Each takes some 3,000 bytes, so that the place is full after 65.
        using var journal = new Journaled();

        journal.Log(logger =>
        {
            for (var i = 0; i < 100; i++) TemplateOf(1_400 + i)(logger, i, null);
        });

        Assert.Equal(Enumerable.Range(0, 100).Select(i => new string('x', 1_400 + i) + i), journal.Bodies());
        Assert.Equal((true, false), (journal.IsShaped, journal.IsLastShaped));
    }

    [Fact]
    public void Log_TwoCategoriesAndEventsOfOneMessage_KeepTheirs()
    {
        using var journal = new Journaled();

        using var whole = new Journaled(redacts: "nobody");
        foreach (var one in new[] { journal, whole })
        {
            one.Log(logger => Nothing(logger), "One");
            one.Log(logger => Nothing(logger), "Two");

            // As a logger does that stands before this one and gives events of its own.
            one.Log(logger => Nothing(new Renumbering(logger, new EventId(77, "Seven"))), "One");
            one.Log(logger => Nothing(new Renumbering(logger, new EventId(77, "Other"))), "One");
        }

        var records = journal.Records();
        Assert.Equal(whole.Records(), records);
        Assert.Equal((true, true), (journal.IsShaped, journal.IsLastShaped));
        Assert.Equal(4, records.Distinct().Count());
        Assert.Contains("Two", records[1], StringComparison.Ordinal);
        Assert.Contains("Seven", records[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Log_FirstCallsOfFourThreads_AreAllThere()
    {
        const int Rounds = 100;
        using var journal = new Journaled();
        var kinds = Enumerable.Range(0, Rounds).Select(i =>
            LoggerMessage.Define<int>(LogLevel.Information, i, $"kind {i} by {{Thread}}")).ToArray();

        journal.Log(logger =>
        {
            using var together = new Barrier(4);
            var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
            {
                foreach (var kind in kinds)
                {
                    together.SignalAndWait(TimeSpan.FromSeconds(20));
                    kind(logger, number, null);
                }
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30))));
        });

        var expected = Enumerable.Range(0, Rounds)
            .SelectMany(i => Enumerable.Range(0, 4).Select(number => $"kind {i} by {number}"));
        Assert.Equal(expected.Order(), journal.Bodies().Order());
        Assert.Equal((true, true), (journal.IsShaped, journal.IsLastShaped));
    }

    private static Action<ILogger, int, Exception?> TemplateOf(int length) =>
        LoggerMessage.Define<int>(LogLevel.Information, 1, new string('x', length) + "{Count}");

    private static void InAScope(ILogger logger)
    {
        using (logger.BeginScope("order {Order}", 5)) Nothing(logger);
    }

    [LoggerMessage(1, LogLevel.Information, "{A} {B}, {C}: {D}")]
    private static partial void Numbers(ILogger logger, int a, long b, short c, byte d);

    [LoggerMessage(2, LogLevel.Warning, "{A}{B}{C}")]
    private static partial void Unsigned(ILogger logger, uint a, ushort b, sbyte c);

    [LoggerMessage(3, LogLevel.Error, "<{A}> <{B}> <{C}>")]
    private static partial void Doubles(ILogger logger, double a, double b, double c);

    [LoggerMessage(4, LogLevel.Debug, "{A} or {B}")]
    private static partial void Flags(ILogger logger, bool a, bool b);

    [LoggerMessage(5, LogLevel.Trace, "nothing more")]
    private static partial void Nothing(ILogger logger);

    [LoggerMessage(6, LogLevel.Critical, "'{A}' and '{B}'")]
    private static partial void Texts(ILogger logger, string? a, string? b);

    [LoggerMessage(0, LogLevel.Information, "only {A}", EventName = "Odd")]
    private static partial void NoNumber(ILogger logger, int a);

    [LoggerMessage(8, LogLevel.Information, "failed at {A}")]
    private static partial void Failed(ILogger logger, int a, Exception exception);

    [LoggerMessage(9, LogLevel.Information, "about {A:F2}")]
    private static partial void Formatted(ILogger logger, double a);

    [LoggerMessage(10, LogLevel.Information, "{{{A}}}")]
    private static partial void Braces(ILogger logger, int a);

    private sealed class Renumbering(ILogger inner, EventId eventId) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId _, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => inner.Log(logLevel, eventId, state, exception, formatter);
    }

    /// <summary>A program's logging into a journal, and what is read there.</summary>
    private sealed class Journaled : IDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly CulvertLoggerProvider _provider;
        private readonly LoggerFactory _factory;
        private readonly string _path;

        public Journaled(string? redacts = null)
        {
            var folder = Path.Combine(_folder.Path, "journals");
            var options = new CulvertLoggerOptions
            {
                Journal = JournalMode.Always, JournalFolder = folder, BufferBytes = 4 << 20,
            };
            if (redacts is not null) options.RedactNames.Add(redacts);
            _provider = new CulvertLoggerProvider(options);
            _factory = new LoggerFactory([_provider], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
            _path = JournalFolder.Journals(folder).Single();
        }

        /// <summary>Whether the first frame has a shape.</summary>
        public bool IsShaped => Frames()[0];

        /// <summary>Whether the last one has.</summary>
        public bool IsLastShaped => Frames()[^1];

        public void Log(Action<ILogger> call, string category = "Shop.Orders") => call(_factory.CreateLogger(category));

        /// <summary>All that the records say but their time.</summary>
        public List<string> Records() => Read(static record =>
            $"{record.Severity} {record.Flags} {Convert.ToHexString(record.Trace)} [{Text(record.Template)}] "
            + $"[{Text(record.Logger)}] [{Text(record.EventName)}] [{Text(record.Body)}] "
            + Convert.ToHexString(record.Attributes.Encoded));

        public List<string> Bodies() => Read(static record => Text(record.Body));

        public void Dispose()
        {
            _factory.Dispose();
            _provider.Dispose();
            _folder.Dispose();
        }

        /// <summary>Of each frame, in their order, whether it has a shape.</summary>
        private List<bool> Frames()
        {
            var bytes = TestJournal.ReadFile(_path).AsSpan(JournalLayout.DataOffset);
            var frames = new List<bool>();
            while (BinaryPrimitives.ReadInt32LittleEndian(bytes) is var length and > 0)
            {
                frames.Add(BinaryPrimitives.ReadUInt32LittleEndian(bytes[JournalLayout.FrameShapeOffset..]) != 0);
                bytes = bytes[JournalLayout.FrameBytes(length)..];
            }

            return frames;
        }

        private static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);

        private List<string> Read(Func<RecordView, string> describe)
        {
            using var reader = JournalReader.TryOpen(_path)!;
            var all = new List<string>();
            while (reader.Read() is { IsEmpty: false } batch)
            {
                Assert.Equal((0, 0), (batch.Malformed, batch.Abandoned));
                Assert.True(RecordBatchReader.Validate(reader.Batch.Span, out _, out _, out var problem), problem);
                Assert.InRange(reader.Batch.Length, 1, 2 * RecordLimits.BatchBytesTarget);
                Assert.True(RecordBatchReader.TryOpen(reader.Batch.Span, out var records, out _));
                while (records.TryRead(out var record)) all.Add(describe(record));
            }

            return all;
        }
    }
}
