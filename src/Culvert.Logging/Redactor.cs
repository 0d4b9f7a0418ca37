using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.Logging;

/// <summary>Takes out of a record what the program's rules name, before it is written anywhere. It fails closed: of a
/// value that a rule cannot be asked about, because it throws or takes too long, nothing is kept.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class Redactor
{
    public const string Mark = "[redacted]";

    /// <summary>Most elements of a list that are looked at; one that is longer is taken out whole.</summary>
    private const int ElementCountMax = 256;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _namePatterns = [];
    private readonly Regex[] _patterns;
    private long _count;

    private Redactor(CulvertLoggerOptions options)
    {
        foreach (var name in options.RedactNames)
        {
            if (name.Contains('*', StringComparison.Ordinal)) _namePatterns.Add(name);
            else _names.Add(name);
        }

        _patterns = [.. options.RedactPatterns.Select(Compile)];
    }

    /// <summary>Values that were changed so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Null when there are no rules. Throws <see cref="ArgumentException"/> for a wrong pattern.</summary>
    public static Redactor? Of(CulvertLoggerOptions options) =>
        options.RedactNames.Count + options.RedactPatterns.Count == 0 ? null : new Redactor(options);

    /// <summary>Redacts the fields in place. True when any was.</summary>
    public bool Redact(Span<LogField> fields)
    {
        var any = false;
        foreach (ref var field in fields)
        {
            var text = IsNamed(field.Key) ? Mark : RedactValue(field);
            if (text is null) continue;
            field = field.With(text);
            Interlocked.Increment(ref _count);
            any = true;
        }

        return any;
    }

    /// <summary>The text without what the patterns find; the same one when they find nothing.</summary>
    public string Redact(string text)
    {
        try
        {
            var result = text;
            foreach (var pattern in _patterns) result = pattern.Replace(result, Mark);
            if (!ReferenceEquals(result, text)) Interlocked.Increment(ref _count);
            return result;
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _count);
            return Mark;
        }
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout);
        }
        catch (NotSupportedException)
        {
            // What looks around or back needs the other engine, whose time is bounded by the clock alone.
            return new Regex(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant, Timeout);
        }
    }

    private bool IsNamed(string key)
    {
        if (_names.Contains(key)) return true;
        foreach (var pattern in _namePatterns)
        {
            if (System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, key)) return true;
        }

        return false;
    }

    /// <summary>What stands in the place of the value, or null when it stays. A text loses what was found; anything
    /// else is taken out whole, since its parts are no texts.</summary>
    private string? RedactValue(in LogField field)
    {
        if (_patterns.Length == 0) return null;
        try
        {
            if (field.Kind == LogFieldKind.Text) return RedactText((string)field.Value!);
            var text = TextOf(field);
            return text is not null && RedactText(text) is null ? null : Mark;
        }
        catch (Exception)
        {
            return Mark;
        }
    }

    private string? RedactText(string text)
    {
        var result = text;
        foreach (var pattern in _patterns) result = pattern.Replace(result, Mark);
        return ReferenceEquals(result, text) ? null : result;
    }

    /// <summary>The value as the patterns see it; null for one too long to be looked at.</summary>
    private static string? TextOf(in LogField field) => field.Kind switch
    {
        LogFieldKind.Int64 => field.Int64.ToString(CultureInfo.InvariantCulture),
        LogFieldKind.Double => field.Double.ToString(CultureInfo.InvariantCulture),
        LogFieldKind.Boolean => "",
        _ => field.Value switch
        {
            byte[] => "",
            IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
            IEnumerable list => TextOf(list),
            { } value => value.ToString() ?? "",
            null => "",
        },
    };

    private static string? TextOf(IEnumerable list)
    {
        var parts = new List<string>();
        foreach (var element in list)
        {
            if (parts.Count == ElementCountMax) return null;
            parts.Add(Convert.ToString(element, CultureInfo.InvariantCulture) ?? "");
        }

        return string.Join('\n', parts);
    }
}
