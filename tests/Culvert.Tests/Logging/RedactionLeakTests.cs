using System.Text;
using System.Text.Json.Nodes;
using Culvert.Journals;
using Culvert.Logging;
using Culvert.Tests.Journals;
using Microsoft.Extensions.Logging;
using static Culvert.Tests.Logging.RedactionTests;

namespace Culvert.Tests.Logging;

/// <summary>Ways past the rules: where a value could stand a second time, look otherwise than it is written, or not be
/// there to be looked at.</summary>
[Collection(MessageTemplateTests.KnownTemplates)]
public sealed partial class RedactionLeakTests
{
    [Fact]
    public async Task Log_NamedTextInTheExceptionToo_IsGoneFromMessageAndStack()
    {
        var exception = new InvalidOperationException($"no {Secret} here", new IOException($"inner {Secret}"));
        var record = await LogAsync(logger => logger.LogError(exception, "with {Password}", Secret), "password");

        AssertGone(record);
        Assert.Equal("no [redacted] here", record.Attributes["exception.message"]);
        Assert.Contains(
            "inner [redacted]", (string)record.Attributes["exception.stacktrace"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_NamedTextThatBeginsAsAnother_LeavesNoRestOfTheLongerOne()
    {
        var exception = new InvalidOperationException($"no {Secret}");
        var record = await LogAsync(
            logger => logger.LogError(exception, "{OldPassword} {NewPassword}", Secret[..6], Secret), "*password");

        AssertGone(record);
        Assert.Equal("no [redacted]", record.Attributes["exception.message"]);
    }

    [Fact]
    public async Task Log_NamedTextThatIsShort_LeavesTheWordsOfTheExceptionAlone()
    {
        var exception = new InvalidOperationException("no hat");
        var record = await LogAsync(logger => logger.LogError(exception, "with {Password}", "a"), "password");

        Assert.Equal("[redacted]", record.Attributes["Password"]);
        Assert.Equal("no hat", record.Attributes["exception.message"]);
    }

    [Fact]
    public async Task Log_NamedKeyInADictionary_TakesTheDictionary()
    {
        var headers = new Dictionary<string, string> { ["Accept"] = "*/*", ["Authorization"] = Secret };
        var numbers = new Dictionary<string, int> { ["authorization"] = 1 };
        var record = await LogAsync(
            logger => logger.LogInformation("{Headers} {Numbers}", headers, numbers), "authorization");

        AssertGone(record);
        Assert.Equal("[redacted]", record.Attributes["Headers"]);
        Assert.Equal("[redacted]", record.Attributes["Numbers"]);
    }

    [Theory]
    [InlineData("authorization", "Authorization")]
    [InlineData("a, b", "A, B")]
    public async Task Log_NamedKeyInPairsOfAnyType_TakesThem(string rule, string key)
    {
        var headers = new Pairs<Kept>([new("Accept", new("any")), new(key, new(Secret))]);
        var empty = new Pairs<int>([]);
        var json = new JsonObject { ["accept"] = 1, [key] = Secret };
        var record = await LogAsync(
            logger => logger.LogInformation("{Headers} {Json} {Empty}", headers, json, empty), rule);

        AssertGone(record);
        Assert.Equal("[redacted]", record.Attributes["Headers"]);
        Assert.Equal("[redacted]", record.Attributes["Json"]);
        Assert.Equal("[]", record.Attributes["Empty"]);
    }

    [Fact]
    public async Task Log_PairsOfWhichNoKeyIsNamed_AreKept()
    {
        var pairs = new Pairs<Kept>([new("Accept", new("authorization, password"))]);
        var record = await LogAsync(logger => logger.LogInformation("{Pairs}", pairs), "password");

        Assert.Equal("[\"[Accept, authorization, password]\"]", record.Attributes["Pairs"]);
    }

    [Fact]
    public async Task Log_NamedTextWithinWhatAPatternFinds_HidesNoRestOfItFromThePattern()
    {
        var exception = new InvalidOperationException("card 4711 1234 5678 9012 is no good");
        var record = await LogAsync(
            logger => logger.LogError(exception, "{Pin}", "1234"), "pin", [@"\b\d{4} \d{4} \d{4} \d{4}\b", "good"]);

        Assert.Equal("card [redacted] is no [redacted]", record.Attributes["exception.message"]);
    }

    [Fact]
    public async Task Log_PatternsThatFindPartsOfEachOther_TakeAllOfBoth()
    {
        var record = await LogAsync(
            logger => logger.LogInformation("{Text}", "a 123456 b"), patterns: ["345", "\\b1234", "456 b"]);

        Assert.Equal("a [redacted]", record.Attributes["Text"]);
    }

    [Fact]
    public async Task Log_NamedKeyInPairsThatAreEndless_TakesThem()
    {
        var record = await LogAsync(logger => logger.LogInformation("{Pairs}", Pairs()), "password");

        Assert.Equal("[redacted]", record.Attributes["Pairs"]);
        AssertGone(record);

        static IEnumerable<KeyValuePair<string, object?>> Pairs()
        {
            for (var i = 0; i < 1_000; i++) yield return new($"key{i}", i);
            yield return new("password", Secret);
        }
    }

    [Fact]
    public async Task Log_StateThatCannotBeReadWhole_LeavesTheMessageOut()
    {
        var state = new HalfState();
        var record = await LogAsync(
            logger => logger.Log(LogLevel.Information, default, state, null, (_, _) => $"with {Secret}"), "password");

        AssertGone(record);
    }

    [Fact]
    public async Task Log_StateOfMoreFieldsThanARecordTakes_LeavesTheMessageOut()
    {
        var state = Enumerable.Range(0, 2_000).Select(i => new KeyValuePair<string, object?>($"key{i}", i))
            .Append(new("password", Secret)).ToList();
        var record = await LogAsync(
            logger => logger.Log(LogLevel.Information, default, state, null, (_, _) => $"with {Secret}"), "password");

        AssertGone(record);
    }

    [Fact]
    public async Task Log_PatternOfWhatIsWritten_FindsTimesAsTheyAreWritten()
    {
        var time = new DateTime(1980, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        var record = await LogAsync(
            logger => logger.LogInformation("{Born} {At} {Days}", time, new DateTimeOffset(time), new[] { time }),
            patterns: [@"1980-01-\d\d"]);

        Assert.Equal("[redacted]", record.Attributes["Born"]);
        Assert.Equal("[redacted]", record.Attributes["At"]);
        Assert.DoesNotContain("1980", record.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_PatternOfAWholeText_FindsAnElementOfAList()
    {
        var record = await LogAsync(
            logger => logger.LogInformation("x {List} {Letters}", new object[] { 1, "4711" }, "4711".ToCharArray()),
            patterns: ["^4711$"]);

        Assert.Equal("[redacted]", record.Attributes["List"]);
        Assert.Equal("[redacted]", record.Attributes["Letters"]);
        Assert.Equal("x [redacted] [redacted]", record.Body);
    }

    [Fact]
    public async Task Log_ObjectThatSaysSomethingElseTheSecondTime_IsWrittenAsItWasLookedAt()
    {
        var record = await LogAsync(
            logger => logger.LogInformation("{Value} {List}", new Changing(), new[] { new Changing() }),
            patterns: ["hunter\\d"]);

        Assert.DoesNotContain(Secret, record.Body, StringComparison.Ordinal);
        Assert.Equal("fine", record.Attributes["Value"]);
        Assert.Equal("[\"fine\"]", record.Attributes["List"]);
    }

    [Fact]
    public async Task Log_RuleThatTakesTooLongOnTheException_TakesTheWholeText()
    {
        var exception = new InvalidOperationException(new string('a', 60) + "!");
        var record = await LogAsync(
            logger => logger.LogError(exception, "x"), patterns: ["^(?=.*a)(.*a+)+$"]);

        Assert.Equal("[redacted]", record.Attributes["exception.message"]);
        Assert.Equal("[redacted]", record.Attributes["exception.stacktrace"]);
    }

    [Theory]
    [InlineData("password", "hunter\\d")]
    [InlineData(null, null)]
    public async Task Log_RulesThatFindNothing_LeaveTheRecordAsItIs(string? name, string? pattern)
    {
        var (id, time) = (Guid.NewGuid(), new DateTime(1980, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        var record = await LogAsync(
            logger => logger.LogInformation(
                "{Id} {Money} {List} {None} {Bytes} {Times}", id, 1.10m, new object?[] { 1, "b", null, true, 2.5 },
                null, new byte[] { 1 }, new[] { time }),
            name, pattern is null ? [] : [pattern]);

        Assert.Equal(id.ToString(), record.Attributes["Id"]);
        Assert.Equal("1.10", record.Attributes["Money"]);
        Assert.Equal("[1,\"b\",null,true,2.5]", record.Attributes["List"]);
        Assert.Null(record.Attributes["None"]);
        Assert.Equal("[\"1980-01-02T03:04:05.0000000Z\"]", record.Attributes["Times"]);
        Assert.StartsWith($"{id} 1.10 1, b, (null), True, 2.5 (null) 1 ", record.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(null, " ")]
    public void Start_EmptyRule_IsRefused(string? name, string? pattern)
    {
        var options = new CulvertLoggerOptions();
        if (name is not null) options.RedactNames.Add(name);
        if (pattern is not null) options.RedactPatterns.Add(pattern);

        Assert.Throws<ArgumentException>(() => new CulvertLoggerProvider(options));
    }

    [Fact]
    public void Log_IntoAJournal_LeavesNoByteOfItInTheFile()
    {
        Assert.SkipWhen(JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");
        using var folder = new TempFolder();
        var options = new CulvertLoggerOptions
        {
            Journal = JournalMode.Always, JournalFolder = Path.Combine(folder.Path, "journals"),
            BufferBytes = JournalLimits.CapacityMin, SpillBytes = JournalLimits.CapacityMin,
        };
        options.RedactNames.Add("password");
        options.RedactPatterns.Add("card \\d+");
        using (var provider = new CulvertLoggerProvider(options))
        {
            provider.SetScopeProvider(new LoggerExternalScopeProvider());
            var logger = provider.CreateLogger("Shop");
            var wrong = new InvalidOperationException($"{Secret} is wrong, card 4711");
            Plain(logger, Secret, 1); // Which would be written as its values alone, were there no rules.
            using (logger.BeginScope("in {Password}", Secret))
            {
                // More than the journal holds, so that the second file has some, too.
                for (var i = 0; i < 2_000; i++)
                    logger.LogError(wrong, "{Password} of {Who}: {Text}", Secret, "ann", "by card 4711");
            }

            Assert.True(provider.RedactedValues > 2_000);
        }

        var files = JournalFolder.Journals(options.JournalFolder).Select(TestJournal.ReadFile).ToArray();
        Assert.Equal(2, files.Length);
        Assert.Contains(files, static bytes => bytes.AsSpan().IndexOf("plain [redacted] of 1"u8) >= 0);
        foreach (var bytes in files)
        {
            Assert.True(bytes.AsSpan().IndexOf("[redacted] of ann: by [redacted]"u8) >= 0);
            Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) < 0);
            Assert.True(bytes.AsSpan().IndexOf("card 4711"u8) < 0);
        }
    }

    [LoggerMessage(LogLevel.Information, "plain {Password} of {Count}")]
    private static partial void Plain(ILogger logger, string password, int count);

    /// <summary>As a web request's headers are: a dictionary of its own kind alone.</summary>
    private sealed class Pairs<T>(KeyValuePair<string, T>[] all) : IEnumerable<KeyValuePair<string, T>>
    {
        public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => all.AsEnumerable().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed record Kept(string Text)
    {
        public override string ToString() => Text;
    }

    private sealed class Changing
    {
        private int _asked;

        public override string ToString() => _asked++ == 0 ? "fine" : Secret;
    }

    /// <summary>Its second field cannot be had.</summary>
    private sealed class HalfState : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 2;

        public KeyValuePair<string, object?> this[int index] => index == 0
            ? new("User", "ann")
            : throw new NotSupportedException("by design");

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
