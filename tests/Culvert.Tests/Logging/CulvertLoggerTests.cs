using System.Diagnostics;
using Culvert.Logging;
using Culvert.Records;
using Culvert.Tests.Shipping;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Tests.Logging;

/// <remarks>Never beside <see cref="MessageTemplateTests"/>, whose many templates make the process forget the known
/// ones: a call whose bytes are counted here would make its template anew, which is 424 bytes.</remarks>
[Collection(MessageTemplateTests.KnownTemplates)]
public sealed partial class CulvertLoggerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Log_StructuredCall_KeepsTemplateMessageAndTypedFields()
    {
        var record = await LogOneAsync(logger => logger.LogWarning(
            new EventId(42, "Slow"), "Order {Id} of {Who} took {Ms} ms: {Ok} {Nothing}", 7, "Zoë", 1.5, true, null));

        Assert.Equal(Severity.Warn, record.Severity);
        Assert.Equal("Order 7 of Zoë took 1.5 ms: True (null)", record.Body);
        Assert.Equal("Order {Id} of {Who} took {Ms} ms: {Ok} {Nothing}", record.Template);
        Assert.Equal("Shop.Orders", record.Logger);
        Assert.Equal("Slow", record.EventName);
        Assert.Equal(42L, record.Attributes["event.id"]);
        Assert.Equal(7L, record.Attributes["Id"]);
        Assert.Equal("Zoë", record.Attributes["Who"]);
        Assert.Equal(1.5, record.Attributes["Ms"]);
        Assert.Equal(true, record.Attributes["Ok"]);
        Assert.Null(record.Attributes["Nothing"]);
        Assert.Equal(6, record.Attributes.Count);
    }

    [Fact]
    public async Task Log_GeneratedMethod_IsTheSameAsACall()
    {
        var record = await LogOneAsync(logger => Taken(logger, 3, "blue"));

        Assert.Equal("Took 3 of blue", record.Body);
        Assert.Equal("Took {Count} of {Colour}", record.Template);
        Assert.Equal(3L, record.Attributes["Count"]);
        Assert.Equal("blue", record.Attributes["Colour"]);
        Assert.Equal("Taken", record.EventName);
    }

    [Theory]
    [InlineData(LogLevel.Trace, Severity.Trace)]
    [InlineData(LogLevel.Debug, Severity.Debug)]
    [InlineData(LogLevel.Information, Severity.Info)]
    [InlineData(LogLevel.Warning, Severity.Warn)]
    [InlineData(LogLevel.Error, Severity.Error)]
    [InlineData(LogLevel.Critical, Severity.Fatal)]
    public async Task Log_EachLevel_HasItsSeverity(LogLevel level, Severity severity)
    {
        var record = await LogOneAsync(logger => logger.Log(level, "x"));

        Assert.Equal(severity, record.Severity);
    }

    [Fact]
    public async Task Log_ValuesOfManyTypes_KeepWhatTheyMean()
    {
        var id = Guid.NewGuid();
        var record = await LogOneAsync(logger => logger.LogInformation(
            "{Id} {Day} {Big} {Money} {Kind} {List} {Word}",
            id, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), ulong.MaxValue, 1.10m, LogLevel.Error,
            new[] { 1, 2 }, 'c'));

        Assert.Equal(id.ToString(), record.Attributes["Id"]);
        Assert.Equal("2026-01-02T03:04:05.0000000Z", record.Attributes["Day"]);
        Assert.Equal("18446744073709551615", record.Attributes["Big"]);
        Assert.Equal("1.10", record.Attributes["Money"]);
        Assert.Equal("Error", record.Attributes["Kind"]);
        Assert.Equal("[1,2]", record.Attributes["List"]);
        Assert.Equal("c", record.Attributes["Word"]);
    }

    [Fact]
    public async Task Log_WithinScopes_TheirFieldsAndTextsAreAttributes()
    {
        var record = await LogOneAsync(logger =>
        {
            using (logger.BeginScope(
                new Dictionary<string, object> { ["tenant"] = "a", ["shared"] = "outer", ["Id"] = 1 }))
            using (logger.BeginScope("Order {OrderId}", 5))
            using (logger.BeginScope("plain"))
            using (logger.BeginScope(new Dictionary<string, object> { ["shared"] = "inner" }))
            {
                logger.LogInformation("In {Id}", 9);
            }
        });

        Assert.Equal("a", record.Attributes["tenant"]);
        Assert.Equal("inner", record.Attributes["shared"]);
        Assert.Equal(9L, record.Attributes["Id"]);
        Assert.Equal(5L, record.Attributes["OrderId"]);
        Assert.Equal("Order 5 => plain", record.Attributes["scope"]);
        Assert.Equal(5, record.Attributes.Count);
    }

    [Fact]
    public async Task Log_ScopesSwitchedOff_AreNotThere()
    {
        var record = await LogOneAsync(
            logger =>
            {
                using (logger.BeginScope("scope")) logger.LogInformation("x");
            },
            options => options.IncludeScopes = false);

        Assert.Empty(record.Attributes);
    }

    [Fact]
    public async Task Log_Exception_HasTypeMessageAndTheInnerOnes()
    {
        var record = await LogOneAsync(logger =>
        {
            try
            {
                throw new InvalidOperationException("outer", new FormatException("inner"));
            }
            catch (InvalidOperationException exception)
            {
                logger.LogError(exception, "failed");
            }
        });

        Assert.Equal("failed", record.Body);
        Assert.Equal("System.InvalidOperationException", record.Attributes["exception.type"]);
        Assert.Equal("outer", record.Attributes["exception.message"]);
        var text = Assert.IsType<string>(record.Attributes["exception.stacktrace"]);
        Assert.Contains("System.FormatException: inner", text);
        Assert.Contains(nameof(Log_Exception_HasTypeMessageAndTheInnerOnes), text);
    }

    [Fact]
    public async Task Log_WithinAnActivity_CarriesItsIds()
    {
        using var activity = new Activity("test");
        activity.SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.Start();
        var record = await LogOneAsync(logger => logger.LogInformation("x"));
        activity.Stop();

        Assert.Equal(activity.TraceId.ToHexString() + activity.SpanId.ToHexString() + "01", Convert.ToHexStringLower(
            record.Trace));
    }

    [Fact]
    public async Task Log_ObjectsThatThrow_CostThemselvesAndNotTheRecord()
    {
        var record = await LogOneAsync(logger =>
        {
            using (logger.BeginScope(new Thrower()))
            {
                logger.Log(
                    LogLevel.Error, default,
                    new KeyValuePair<string, object?>[] { new("good", 1), new("bad", new Thrower()) }, null,
                    static (_, _) => throw new InvalidOperationException("no text"));
            }
        });

        Assert.Equal("", record.Body);
        Assert.Equal(1L, record.Attributes["good"]);
        var note = Assert.IsType<string>(record.Attributes["culvert.note"]);
        Assert.Contains("Reading 'bad' threw System.NotSupportedException: by design", note);
        Assert.Contains("Formatting the message threw System.InvalidOperationException: no text", note);
        Assert.Contains("Reading a scope threw", note);
    }

    [Fact]
    public async Task Log_FormatterThatLogs_BothRecordsAreKept()
    {
        var records = await LogAsync(logger => logger.Log(LogLevel.Information, default, "state", null, (_, _) =>
        {
            logger.LogDebug("within {Depth}", 1);
            return "around";
        }));

        Assert.Equal(["within 1", "around"], records.Select(record => record.Body));
    }

    [Fact]
    public async Task Log_RecordOverTheLimit_KeepsItsMessage()
    {
        var large = new string('x', RecordLimits.StringBytesMax);
        var record = await LogOneAsync(logger => logger.Log(
            LogLevel.Error, default,
            Enumerable.Range(0, 8).Select(i => new KeyValuePair<string, object?>($"k{i}", large)).ToArray(), null,
            static (_, _) => "the message"));

        Assert.Equal("the message", record.Body);
        Assert.True(record.Flags.HasFlag(RecordFlags.Truncated));
        Assert.Contains("left out", (string)record.Attributes["culvert.note"]!);
    }

    [Fact]
    public async Task Log_Resource_DescribesTheProgram()
    {
        var record = await LogOneAsync(
            logger => logger.LogInformation("x"),
            options =>
            {
                options.Service = "shop";
                options.Resource["deployment.environment.name"] = "test";
            });

        Assert.Equal("shop", record.Resource["service.name"]);
        Assert.Equal("test", record.Resource["deployment.environment.name"]);
        Assert.Equal((long)Environment.ProcessId, record.Resource["process.pid"]);
        Assert.Equal(Environment.MachineName, record.Resource["host.name"]);
        Assert.True(Guid.TryParse((string?)record.Resource["service.instance.id"], out _));
    }

    [Fact]
    public async Task AddCulvert_ConfigurationSection_SetsOptionsAndFilters()
    {
        var collector = new FakeCollector();
        var settings = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Debug",
            ["Logging:Culvert:LogLevel:Quiet"] = "Error",
            ["Logging:Culvert:Service"] = "from-file",
            ["Logging:Culvert:FullMode"] = "Wait",
            ["Logging:Culvert:WaitTimeout"] = "00:00:02",
            ["Logging:Culvert:RedactNames:0"] = "*password*",
            ["Logging:Culvert:RedactPatterns:0"] = @"card \d+",
        };
        var configuration = new ConfigurationBuilder().Add(new MemorySource(settings)).Build();
        CulvertLoggerOptions? seen = null;
        var services = new ServiceCollection();
        services.AddLogging(logging => logging
            .AddConfiguration(configuration.GetSection("Logging"))
            .AddCulvert(options =>
            {
                options.Connect = collector.ConnectAsync;
                options.ShutdownTimeout = FakeCollector.Patience;
                seen = options;
            }));
        await using (var provider = services.BuildServiceProvider())
        {
            var factory = provider.GetRequiredService<ILoggerFactory>();
            factory.CreateLogger("Quiet").LogWarning("filtered");
            factory.CreateLogger("Other").LogDebug("kept of {Password} and {Text}", "hunter2", "card 4711");
            factory.CreateLogger("Other").LogTrace("filtered");
        }

        Assert.Equal("kept of [redacted] and [redacted]", Assert.Single(collector.Records).Body);
        Assert.Equal("from-file", collector.Records[0].Resource["service.name"]);
        Assert.Equal(Culvert.Shipping.FullMode.Wait, seen!.FullMode);
        Assert.Equal(TimeSpan.FromSeconds(2), seen.WaitTimeout);
    }

    [Fact]
    public async Task Log_SteadyState_AllocatesNothingOfItsOwn()
    {
        var collector = new FakeCollector { Acknowledges = false };
        var options = new CulvertLoggerOptions
        {
            Connect = collector.ConnectAsync, OnUndelivered = _ =>
                { }, ShutdownTimeout = TimeSpan.Zero, BufferBytes = 1024 * 1024,
        };
        using var provider = new CulvertLoggerProvider(options);
        using var factory = new LoggerFactory([provider]);
        var logger = factory.CreateLogger("Shop.Orders");
        // Until the buffer is full, so that no batch is made any more; the encoding is the same.
        for (var i = 0; i < 30_000; i++) Taken(logger, i, "blue");

        const int Calls = 10_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++) Taken(logger, 12_345, "blue");
        var perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;

        // Ours is nothing: what remains is the number that Microsoft.Extensions.Logging boxes when it is asked for the
        // field.
        Assert.True(perCall <= 24, $"{perCall} bytes a call");
    }

    [LoggerMessage(1, LogLevel.Information, "Took {Count} of {Colour}")]
    private static partial void Taken(ILogger logger, int count, string colour);

    internal static async Task<KeptRecord> LogOneAsync(
        Action<ILogger> log, Action<CulvertLoggerOptions>? configure = null) =>
        Assert.Single(await LogAsync(log, configure));

    private static async Task<IReadOnlyList<KeptRecord>> LogAsync(
        Action<ILogger> log, Action<CulvertLoggerOptions>? configure = null)
    {
        var collector = new FakeCollector();
        var options = new CulvertLoggerOptions
        {
            Connect = collector.ConnectAsync, ShutdownTimeout = FakeCollector.Patience,
        };
        configure?.Invoke(options);
        await using var provider = new CulvertLoggerProvider(options);
        using var factory = new LoggerFactory([provider], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        log(factory.CreateLogger("Shop.Orders"));
        Assert.True(await provider.FlushAsync(Patience, TestContext.Current.CancellationToken));
        return collector.Records;
    }

    private sealed class Thrower
    {
        public override string ToString() => throw new NotSupportedException("by design");
    }

    private sealed class MemorySource(Dictionary<string, string?> settings) : ConfigurationProvider,
    IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder)
        {
            Data = settings;
            return this;
        }
    }
}
