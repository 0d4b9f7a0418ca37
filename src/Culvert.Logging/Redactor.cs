using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Logging;

/// <summary>Takes out of a record what the program's rules name, before it is written anywhere. It fails closed: of a
/// value that a rule cannot be asked about, because it throws or takes too long, nothing is kept.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class Redactor
{
    public const string Mark = "[redacted]";

    /// <summary>Most elements of a list that are looked at; one that is longer is taken out whole, if it may hold what
    /// the rules name.</summary>
    private const int ElementCountMax = 256;

    /// <summary>Shortest text taken out by its name that is looked for in the call's exception, too: a shorter one is
    /// part of ordinary words.</summary>
    private const int TakenLengthMin = 4;

    private static readonly List<string> Nothing = [];
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _namePatterns = [];
    private readonly Regex[] _patterns;
    private long _count;

    private Redactor(CulvertLoggerOptions options)
    {
        foreach (var name in options.RedactNames.Select(Checked))
        {
            if (name.Contains('*', StringComparison.Ordinal)) _namePatterns.Add(name);
            else _names.Add(name);
        }

        _patterns = [.. options.RedactPatterns.Select(Checked).Select(Compile)];
    }

    /// <summary>Values that were changed so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Null when there are no rules. Throws <see cref="ArgumentException"/> for a wrong pattern.</summary>
    public static Redactor? Of(CulvertLoggerOptions options) =>
        options.RedactNames.Count + options.RedactPatterns.Count == 0 ? null : new Redactor(options);

    /// <summary>Redacts the fields in place, and makes values that their objects could change until they are written
    /// the texts that were looked at. True when any was redacted.</summary>
    /// <param name="fields">Of a call or of its scopes.</param>
    /// <param name="taken">Gets the texts that a name took out.</param>
    public bool Redact(Span<LogField> fields, List<string> taken)
    {
        var any = false;
        foreach (ref var field in fields)
        {
            if (IsNamed(field.Key))
            {
                Remember(field, taken);
                field = field.With(Mark);
            }
            else if (!TryRedact(ref field))
            {
                continue;
            }

            Interlocked.Increment(ref _count);
            any = true;
        }

        return any;
    }

    /// <summary>The text without what the patterns find; the same one when they find nothing.</summary>
    public string Redact(string text) => Redact(text, Nothing);

    /// <summary>The same, and without texts that a name took out of the call.</summary>
    public string Redact(string text, List<string> taken)
    {
        try
        {
            var result = WithoutFound(text, taken);
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

    private static string Checked(string rule) => string.IsNullOrWhiteSpace(rule)
        ? throw new ArgumentException("A rule of redaction is empty; give it a name or a pattern, or remove it.")
        : rule;

    /// <summary>Keeps in mind what a name took out, where that is a text of its own.</summary>
    private static void Remember(in LogField field, List<string> taken)
    {
        try
        {
            var text = field.Kind switch
            {
                LogFieldKind.Text => (string)field.Value!,
                LogFieldKind.Object when field.Value is char[] chars => new string(chars),
                LogFieldKind.Object when field.Value is null or IEnumerable => "",
                _ => TextOf(field),
            };
            if (text.Length >= TakenLengthMin) taken.Add(text);
        }
        catch (Exception)
        {
            // It has no text that could stand anywhere.
        }
    }

    private bool IsNamed(string key)
    {
        if (IsNamedSo(key)) return true;

        // A template may say how a value is to be taken apart: {@Login}, {$Login}.
        return key is ['@' or '$', ..] && IsNamedSo(key[1..]);
    }

    private bool IsNamedSo(string key)
    {
        if (_names.Contains(key)) return true;
        foreach (var pattern in _namePatterns)
        {
            if (System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, key)) return true;
        }

        return false;
    }

    /// <summary>Redacts one value. A text loses what was found; anything else is taken out whole, since its parts are
    /// no texts.</summary>
    private bool TryRedact(ref LogField field)
    {
        try
        {
            if (field is { Kind: LogFieldKind.Object, Value: IEnumerable list and not (byte[] or IFormattable) })
                return TryRedact(ref field, list);
            if (_patterns.Length == 0 || field is { Kind: LogFieldKind.Object, Value: null or byte[] }) return false;
            var text = TextOf(field);
            if (field.Kind == LogFieldKind.Text) return TryRedactText(ref field, text);
            if (Finds(text))
            {
                field = field.With(Mark);
                return true;
            }

            // Asked again it could say something else.
            if (field.Kind == LogFieldKind.Object && !HasTypeOfItsOwn(field.Value)) field = field.With(text);
            return false;
        }
        catch (Exception)
        {
            field = field.With(Mark);
            return true;
        }
    }

    private bool TryRedactText(ref LogField field, string text)
    {
        var result = WithoutFound(text, Nothing);
        if (ReferenceEquals(result, text)) return false;
        field = field.With(result);
        return true;
    }

    /// <summary>The text without what the rules find in it; the same one when they find nothing. All is looked for in
    /// the text as it is: what one rule takes away must not hide from another what that would have found.</summary>
    private string WithoutFound(string text, List<string> taken)
    {
        List<(int At, int End)>? found = null;
        foreach (var secret in taken)
        {
            for (var at = -1; (at = text.IndexOf(secret, at + 1, StringComparison.Ordinal)) >= 0;)
                (found ??= []).Add((at, at + secret.Length));
        }

        foreach (var pattern in _patterns)
        {
            foreach (var match in pattern.EnumerateMatches(text))
                (found ??= []).Add((match.Index, match.Index + match.Length));
        }

        if (found is null) return text;
        found.Sort();
        var result = new StringBuilder(text.Length);
        var done = 0;
        foreach (var (at, end) in found)
        {
            if (at >= done) result.Append(text, done, at - done).Append(Mark);
            done = Math.Max(done, end);
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>A list goes whole when one of its elements has what is looked for, or a key that is named.</summary>
    private bool TryRedact(ref LogField field, IEnumerable list)
    {
        var elements = new List<object?>();
        var (isKeyed, isFound) = (list is IDictionary, false);
        foreach (var element in list)
        {
            isFound |= elements.Count == ElementCountMax && (isKeyed || _patterns.Length > 0);
            if (isFound || elements.Count == ElementCountMax) break;
            var isPair = IsPair(element);
            isKeyed |= isPair;
            var kept = ElementOf(element);
            isFound = (isPair && HasNamedKey(element!, (string)kept!)) || (kept is not null && Finds(TextOf(kept)));
            elements.Add(kept);
        }

        if (list is IDictionary { Keys: var keys })
            isFound |= keys.Cast<object>().Any(key => key is string text && IsNamed(text));
        if (list is IEnumerable<char>) isFound |= Finds(string.Concat(elements));
        field = isFound ? field.With(Mark) : field.With(elements.ToArray());
        return isFound;
    }

    private bool Finds(string text)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.IsMatch(text)) return true;
        }

        return false;
    }

    private static bool IsPair([NotNullWhen(true)] object? element) =>
        element is DictionaryEntry || (element?.GetType() is { IsGenericType: true } type
            && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));

    /// <param name="pair">Of any types.</param>
    /// <param name="text">What it says of itself, which is "[key, value]".</param>
    private bool HasNamedKey(object pair, string text)
    {
        switch (pair)
        {
            case KeyValuePair<string, object?> { Key: var key }: return IsNamed(key);
            case KeyValuePair<string, string?> { Key: var key }: return IsNamed(key);
            case DictionaryEntry { Key: string key }: return IsNamed(key);
        }

        // Of others the text alone is there without reflection. A key may hold a comma, so it may end at any.
        for (var at = 0; (at = text.IndexOf(", ", at + 1, StringComparison.Ordinal)) > 0;)
        {
            if (IsNamed(text[1..at])) return true;
        }

        return false;
    }

    /// <summary>The element as <see cref="AttributeValue"/> writes it.</summary>
    private static object? ElementOf(object? element) => element switch
    {
        null or bool or int or long or double or string => element,
        _ => TextOf(element),
    };

    /// <summary>Whether the value is written with its type, and cannot change.</summary>
    private static bool HasTypeOfItsOwn(object? value) =>
        value is short or sbyte or byte or ushort or uint or float or DateTime or DateTimeOffset;

    private static string TextOf(in LogField field) => field.Kind switch
    {
        LogFieldKind.Int64 => field.Int64.ToString(CultureInfo.InvariantCulture),
        LogFieldKind.Double => field.Double.ToString(CultureInfo.InvariantCulture),
        LogFieldKind.Boolean => "",
        _ => TextOf(field.Value!),
    };

    /// <summary>As it is written.</summary>
    private static string TextOf(object value) => value switch
    {
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
