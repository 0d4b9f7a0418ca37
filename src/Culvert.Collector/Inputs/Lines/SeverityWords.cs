using System.Collections.Frozen;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>The words and numbers that logging libraries use for levels, as OpenTelemetry's severity numbers.</summary>
internal static class SeverityWords
{
    private const Severity Info2 = Severity.Info + 1;
    private const Severity Error2 = Severity.Error + 1;
    private const Severity Error3 = Severity.Error + 2;

    private static readonly FrozenDictionary<string, Severity> Words = new Dictionary<string, Severity>
    {
        ["trace"] = Severity.Trace, ["trc"] = Severity.Trace, ["trce"] = Severity.Trace,
        ["verbose"] = Severity.Trace, ["vrb"] = Severity.Trace, ["finest"] = Severity.Trace, ["finer"] = Severity.Trace,
        ["debug"] = Severity.Debug, ["dbg"] = Severity.Debug, ["dbug"] = Severity.Debug, ["fine"] = Severity.Debug,
        ["info"] = Severity.Info, ["inf"] = Severity.Info, ["information"] = Severity.Info,
        ["informational"] = Severity.Info, ["notice"] = Info2,
        ["warn"] = Severity.Warn, ["warning"] = Severity.Warn, ["wrn"] = Severity.Warn,
        ["error"] = Severity.Error, ["err"] = Severity.Error, ["fail"] = Severity.Error, ["eror"] = Severity.Error,
        ["severe"] = Severity.Error, ["alert"] = Error3,
        ["critical"] = Severity.Fatal, ["crit"] = Severity.Fatal, ["fatal"] = Severity.Fatal, ["ftl"] = Severity.Fatal,
        ["panic"] = Severity.Fatal, ["dpanic"] = Severity.Fatal, ["emerg"] = Severity.Fatal,
        ["emergency"] = Severity.Fatal,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Severity>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>A whole word in any case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> word, out Severity severity)
    {
        severity = Severity.Unspecified;
        if (word.IsEmpty || word.Length > LineLimits.WordBytesMax) return false;
        Span<char> characters = stackalloc char[LineLimits.WordBytesMax];
        for (var i = 0; i < word.Length; i++) characters[i] = (char)word[i];
        return Lookup.TryGetValue(characters[..word.Length], out severity);
    }

    /// <summary>The one letter that some JSON loggers write.</summary>
    public static bool TryParseLetter(ReadOnlySpan<byte> word, out Severity severity)
    {
        severity = word is not [var letter] ? Severity.Unspecified : (letter & ~0x20) switch
        {
            'T' or 'V' => Severity.Trace,
            'D' => Severity.Debug,
            'I' => Severity.Info,
            'N' => Info2,
            'W' => Severity.Warn,
            'E' => Severity.Error,
            'C' or 'F' => Severity.Fatal,
            _ => Severity.Unspecified,
        };
        return severity != Severity.Unspecified;
    }

    /// <summary>A level as a number: 10 to 60 as Bunyan and pino write it, 0 to 7 as syslog and GELF do.</summary>
    public static bool TryFromNumber(long level, out Severity severity)
    {
        severity = level switch
        {
            >= 0 and <= 7 => FromSyslog((int)level),
            >= 10 and < 20 => Severity.Trace,
            >= 20 and < 30 => Severity.Debug,
            >= 30 and < 40 => Severity.Info,
            >= 40 and < 50 => Severity.Warn,
            >= 50 and < 60 => Severity.Error,
            >= 60 and <= 100 => Severity.Fatal,
            _ => Severity.Unspecified,
        };
        return severity != Severity.Unspecified;
    }

    /// <summary>A syslog severity, 0 to 7; source: OpenTelemetry's logs data model, appendix B, SeverityNumber example
    /// mappings.</summary>
    public static Severity FromSyslog(int level) => level switch
    {
        0 => Severity.Fatal,
        1 => Error3,
        2 => Error2,
        3 => Severity.Error,
        4 => Severity.Warn,
        5 => Info2,
        6 => Severity.Info,
        _ => Severity.Debug,
    };
}
