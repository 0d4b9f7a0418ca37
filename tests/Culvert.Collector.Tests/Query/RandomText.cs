using System.Text;

namespace Culvert.Collector.Tests.Query;

/// <summary>Texts and queries that are likely to hit the edges of words, made from a seed.</summary>
internal sealed class RandomText(int seed)
{
    private static readonly string[] Pieces =
    [
        "a", "b", "ab", "A", "x1", "10", "7", "0.1", ".", ".", ":", "'", ",", ";", "_", "-", " ", " ", " ", "\n", "/",
        "\"", "é", "É", "ß",
        "Σ", "ς", "\u0301", "\u200d", "\u00ad", "א", "ב", "東", "京", "カ", "ー", "ひ", "ส", "วั", "안", "🚀", "👩", "🇩",
        "🇪", "Ж", "K", "ſ", "·",
        "\u202e", "\0", "foo", "bar", "FOO", "foo.bar", "1,000",
    ];

    private static readonly string[] Syntax =
    [
        " ", " ", " ", "(", ")", "\"", "-", "*", ":", "=", ">", ">=", "<", "!=", "AND", "OR", "NOT", " AND ", " OR ",
        "level", "level:warn",
        "status", "service", "attributes.", "\\", "foo", "bar", "\"foo bar\"", "time", "500", "é", "東", "\ud800", "\0",
        "f.g:1", "a:",
    ];

    private readonly Random _random = new(seed);

    public int Next(int max) => _random.Next(max);

    public string Text(int piecesMax) => Join(Pieces, piecesMax);

    public string Query(int piecesMax) => Join(Syntax, piecesMax);

    public byte[] Bytes(int piecesMax)
    {
        var bytes = Encoding.UTF8.GetBytes(Text(piecesMax));
        if (bytes.Length > 0 && Next(4) == 0) bytes[Next(bytes.Length)] = (byte)Next(256);
        return bytes;
    }

    private string Join(string[] pieces, int countMax)
    {
        var text = new StringBuilder();
        for (var i = Next(countMax + 1); i > 0; i--) text.Append(pieces[Next(pieces.Length)]);
        return text.ToString();
    }
}
