using Culvert.Logging;
using Culvert.Tests.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Tests.Logging;

/// <summary>What is rendered without a string is what Microsoft.Extensions.Logging renders.</summary>
[Collection(KnownTemplates)]
public sealed class MessageTemplateTests
{
    /// <summary>The tests that fill or count what the whole process keeps of templates; one at a time.</summary>
    internal const string KnownTemplates = "Known templates";

    private static readonly object?[] Values =
    [
        null, "", "text", "Zoë 🙂", "\ud83d", "\ude42", 0, -1, int.MaxValue, long.MinValue, 1.5, -0.0, 1e300,
        double.NaN, double.PositiveInfinity,
        true, false, Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), 1.10m, 'c', ulong.MaxValue, 2.5f,
        LogLevel.Error,
        new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), TimeSpan.FromSeconds(1.5), new[] { 1, 2 },
        new List<string?> { "a", null },
    ];

    private static readonly string[] Pieces =
        ["{A}", "{B}", "{C,8}", "{D:000}", "{@E}", "{$F}", "text ", "{{", "}}", "é", "🙂", " = ", "{G.H}",
            "{ I }", "%", "\""];

    [Fact]
    public async Task Log_AnyTemplateAndValues_BodyIsWhatTheFormatterSays()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var collector = new FakeCollector();
        var expected = new List<string?>();
        await using (var provider = new CulvertLoggerProvider(new CulvertLoggerOptions
        {
            Connect = collector.ConnectAsync, ShutdownTimeout = FakeCollector.Patience,
        }))
        {
            using var loggers = new LoggerFactory([provider, new RememberingProvider(expected)]);
            var logger = loggers.CreateLogger("Templates");
            for (var i = 0; i < 5_000; i++)
            {
                var pieces = Pieces.ToArray();
                random.Shuffle(pieces);
                pieces = pieces[..random.Next(1, 8)];
                var values = pieces.Where(piece => piece.Length > 2 && piece[0] == '{')
                    .Select(_ => Values[random.Next(Values.Length)]).ToArray();
#pragma warning disable CA2254 // The template varies by intent.
                logger.LogInformation(string.Concat(pieces), values);
#pragma warning restore CA2254
            }
        }

        var bodies = collector.Records.Select(record => record.Body).ToArray();
        Assert.Equal(expected.Count, bodies.Length);
        for (var i = 0; i < bodies.Length; i++)
        {
            if (expected[i] is not { } message) continue;
            Assert.True(AsUtf8(message) == bodies[i], $"seed {seed}, {i}: {message} | {bodies[i]}");
        }
    }

    private static string AsUtf8(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Of_MoreTemplatesThanAreKept_KeepsTheConstantsAgain()
    {
        for (var i = 0; i < 5_000; i++) MessageTemplate.Of($"made at run time {i}");

        const string Constant = "a constant of {Nobody}";
        var kept = MessageTemplate.Of(Constant);
        Assert.Same(kept, MessageTemplate.Of(Constant));
    }

    private sealed class RememberingProvider(List<string?> messages) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            try
            {
                messages.Add(formatter(state, exception));
            }
            catch (FormatException)
            {
                // A format that the value does not know; there is no message to compare with.
                messages.Add(null);
            }
        }

        public void Dispose()
        {
        }
    }
}
