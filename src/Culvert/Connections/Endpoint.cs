using System.Diagnostics.CodeAnalysis;

namespace Culvert.Connections;

/// <summary>
/// An address in the form of a URI: <c>unix:///run/app.sock</c>, <c>pipe://name</c>, <c>tcp://127.0.0.1:9000</c>,
/// <c>local://name</c>, <c>mem://name</c>. The scheme selects the transport; the rest is for the transport to read.
/// </summary>
/// <remarks>Immutable and safe to share. Two endpoints are equal when their text is.</remarks>
public sealed class Endpoint : IEquatable<Endpoint>
{
    private Endpoint(string scheme, string address, IReadOnlyDictionary<string, string> options, string text)
    {
        Scheme = scheme;
        Address = address;
        Options = options;
        _text = text;
    }

    private readonly string _text;

    /// <summary>The part before <c>://</c>, in lower case.</summary>
    public string Scheme { get; }

    /// <summary>What stands between <c>scheme://</c> and <c>?</c>, as written: a path, a name or a host and
    /// port.</summary>
    public string Address { get; }

    /// <summary>The options after <c>?</c>, by name: <c>mode=message&amp;x=y</c>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Reads an endpoint. Throws <see cref="FormatException"/> with a sentence that names what is
    /// wrong.</summary>
    public static Endpoint Parse(string text)
    {
        if (!TryParse(text, out var endpoint, out var problem)) throw new FormatException(problem);
        return endpoint;
    }

    /// <summary>Reads an endpoint; when it returns false, <paramref name="problem"/> is a sentence for a
    /// person.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out Endpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        endpoint = null;
        problem = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "An endpoint is empty; write one such as local://name.";
            return false;
        }

        if (text.Length > EndpointLimits.TextLengthMax)
        {
            problem = $"An endpoint of {text.Length} characters is longer than {EndpointLimits.TextLengthMax}.";
            return false;
        }

        var separator = text.IndexOf(':', StringComparison.Ordinal);
        if (separator <= 0 || !IsScheme(text.AsSpan(0, separator)))
        {
            problem = $"'{text}' is no endpoint; write scheme://address, for example local://name.";
            return false;
        }

        var rest = text.AsSpan(separator + 1);
        if (rest.StartsWith("//", StringComparison.Ordinal)) rest = rest[2..];
        var question = rest.IndexOf('?');
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        if (question >= 0 && !TryReadOptions(rest[(question + 1)..], options, out problem)) return false;

        var address = (question >= 0 ? rest[..question] : rest).ToString();
        endpoint = new Endpoint(text[..separator].ToLowerInvariant(), address, options, text);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Endpoint? other) =>
        other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Endpoint);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>The endpoint as it was written.</summary>
    public override string ToString() => _text;

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiLetter(text[0])) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return false;
        }

        return true;
    }

    private static bool TryReadOptions(
        ReadOnlySpan<char> text, Dictionary<string, string> options, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        foreach (var range in text.Split('&'))
        {
            var part = text[range];
            if (part.IsEmpty) continue;
            var equals = part.IndexOf('=');
            var name = (equals < 0 ? part : part[..equals]).ToString();
            var value = equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]);
            if (!options.TryAdd(name, value))
            {
                problem = $"The option '{name}' stands twice in the endpoint.";
                return false;
            }
        }

        return true;
    }
}
