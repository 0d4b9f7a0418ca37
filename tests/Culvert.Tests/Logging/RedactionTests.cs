using Culvert.Logging;
using Culvert.Tests.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Tests.Logging;

/// <summary>What the rules name is in no part of the record.</summary>
[Collection(MessageTemplateTests.KnownTemplates)]
public sealed class RedactionTests
{
    internal const string Secret = "hunter2";

    [Fact]
    public async Task Log_NamedField_IsInNeitherAttributeNorMessage()
    {
        var record = await LogAsync(
            logger => logger.LogInformation("{User} came with {Password}", "ann", Secret), "password");

        Assert.Equal("ann came with [redacted]", record.Body);
        Assert.Equal("[redacted]", record.Attributes["Password"]);
        Assert.Equal("ann", record.Attributes["User"]);
    }

    [Theory]
    [InlineData("*token*", "ApiTokenOld")]
    [InlineData("API*", "apikey")]
    public async Task Log_NameWithStar_IsMatched(string rule, string key)
    {
        var record = await LogAsync(logger => logger.LogInformation("with {" + key + "}", Secret), rule);

        Assert.Equal("with [redacted]", record.Body);
    }

    [Theory]
    [InlineData("with {@Password}")]
    [InlineData("with {$Password}")]
    public async Task Log_NamedFieldThatIsTakenApart_IsMatched(string template)
    {
        var record = await LogAsync(logger => Log(logger, template, Secret), "password");

        AssertGone(record);
    }

    [Fact]
    public async Task Log_NamedFieldInAFormatOfTheProgram_LeavesTheTemplate()
    {
        var record = await LogAsync(logger => logger.LogInformation("{Password,20} given", Secret), "password");

        Assert.Equal("{Password,20} given", record.Body);
        Assert.Equal("[redacted]", record.Attributes["Password"]);
    }

    [Fact]
    public async Task Log_NamedFieldOfAScope_IsNotInTheScopesText()
    {
        var record = await LogAsync(
            logger =>
            {
                using (logger.BeginScope("for {Password}", Secret)) logger.LogInformation("done");
            },
            "password");

        Assert.Equal("[redacted]", record.Attributes["Password"]);
        Assert.Equal("[redacted]", record.Attributes["scope"]);
    }

    [Fact]
    public async Task Log_PatternInTextTemplateListNumberAndException_IsTakenOut()
    {
        var record = await LogAsync(
            logger => logger.LogError(
                new InvalidOperationException("no " + Secret), "a {Text} {List} {Number} {Free}", "x hunter2 y",
                new[] { "b", Secret }, 4711, "kept"),
            patterns: ["hunter\\d", "^4711$"]);

        Assert.Equal("x [redacted] y", record.Attributes["Text"]);
        Assert.Equal("[redacted]", record.Attributes["List"]);
        Assert.Equal("[redacted]", record.Attributes["Number"]);
        Assert.Equal("kept", record.Attributes["Free"]);
        Assert.Equal("no [redacted]", record.Attributes["exception.message"]);
        Assert.Equal("a x [redacted] y [redacted] [redacted] kept", record.Body);
        Assert.DoesNotContain(
            Secret, string.Join(' ', record.Attributes.Values) + record.Template, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_ValueInTheTemplateItself_IsTakenOut()
    {
        var text = $"password={Secret}";
        var record = await LogAsync(logger => Log(logger, text), patterns: ["(?<=password=)\\w+"]);

        Assert.Equal("password=[redacted]", record.Body);
        Assert.DoesNotContain(Secret, record.Template ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_RuleThatTakesTooLong_TakesTheWholeValue()
    {
        // Backtracks 2^n times; what looks ahead cannot run on the other engine.
        var value = new string('a', 60) + "!";
        var record = await LogAsync(
            logger => logger.LogInformation("x {Value}", value), patterns: ["^(?=a)(a+)+$"]);

        Assert.Equal("[redacted]", record.Attributes["Value"]);
        Assert.DoesNotContain("aaa", record.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_ObjectThatThrows_TakesTheWholeValue()
    {
        var record = await LogAsync(logger => logger.LogInformation("x {Value}", new Thrower()), patterns: ["y"]);

        Assert.Equal("[redacted]", record.Attributes["Value"]);
    }

    [Fact]
    public void Start_PatternThatIsNone_IsRefused() => Assert.ThrowsAny<ArgumentException>(
        () => new CulvertLoggerProvider(new CulvertLoggerOptions { RedactPatterns = { "(" } }));

    internal static void Log(ILogger logger, string text, params object?[] values) =>
#pragma warning disable CA2254 // A template that is no constant is what this is about.
        logger.LogInformation(text, values);
#pragma warning restore CA2254

    internal static void AssertGone(KeptRecord record)
    {
        var all = string.Join(' ', record.Attributes.Values) + record.Body + record.Template;
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        Assert.Contains("[redacted]", all, StringComparison.Ordinal);
    }

    internal static Task<KeptRecord> LogAsync(
        Action<ILogger> log, string? name = null, string[]? patterns = null) =>
        CulvertLoggerTests.LogOneAsync(log, options =>
        {
            if (name is not null) options.RedactNames.Add(name);
            foreach (var pattern in patterns ?? []) options.RedactPatterns.Add(pattern);
        });

    private sealed class Thrower
    {
        public override string ToString() => throw new NotSupportedException("by design");
    }
}
