using System.Text;

namespace Culvert.Collector.Query.Parsing;

/// <summary>Walks over the characters of a query: spaces, words, quoted text, operators.</summary>
internal sealed class QueryScanner(string text)
{
    public string Text => text;

    public int At { get; set; }

    public bool IsAtEnd => At >= text.Length;

    public char Current => At < text.Length ? text[At] : '\0';

    public void SkipSpace()
    {
        while (At < text.Length && char.IsWhiteSpace(text[At])) At++;
    }

    /// <summary>Whether AND, OR or NOT stands here, a word by itself.</summary>
    public bool IsKeyword(string keyword) =>
        string.CompareOrdinal(text, At, keyword, 0, keyword.Length) == 0 && IsBoundary(At + keyword.Length);

    /// <summary>Whether something that can be searched follows a keyword of this length.</summary>
    public bool HasOperandBehind(int length)
    {
        var back = At;
        At += length;
        SkipSpace();
        var has = !IsAtEnd && Current != ')' && !IsKeyword("OR") && !IsKeyword("AND");
        At = back;
        return has;
    }

    /// <summary>Reads up to the next space, bracket or quote.</summary>
    public string ReadWord()
    {
        var start = At;
        while (!IsBoundary(At)) At++;
        return text[start..At];
    }

    /// <summary>Reads quoted text; a backslash takes the meaning of a quote or backslash behind it, and is plain before
    /// anything else.</summary>
    public string ReadQuoted(out bool isClosed)
    {
        var content = new StringBuilder();
        for (At++; At < text.Length; At++)
        {
            if (text[At] == '"') break;
            if (text[At] == '\\' && At + 1 < text.Length && text[At + 1] is '"' or '\\') At++;
            content.Append(text[At]);
        }

        isClosed = At < text.Length;
        if (isClosed) At++;
        return content.ToString();
    }

    /// <summary>Reads <c>: = == != &lt; &lt;= > >=</c>, or a colon and one of the others, if one stands here.</summary>
    public bool TryReadOperator(out FieldOperator found)
    {
        var hasColon = Current == ':';
        var at = hasColon ? At + 1 : At;
        var (first, second) = (CharAt(at), CharAt(at + 1));
        (found, var length) = (first, second) switch
        {
            ('>', '=') => (FieldOperator.GreaterOrEqual, 2),
            ('<', '=') => (FieldOperator.LessOrEqual, 2),
            ('!', '=') => (FieldOperator.NotEqual, 2),
            ('=', '=') => (FieldOperator.Equal, 2),
            ('>', _) => (FieldOperator.Greater, 1),
            ('<', _) => (FieldOperator.Less, 1),
            ('=', _) => (FieldOperator.Equal, 1),
            _ => (FieldOperator.Match, 0),
        };
        if (!hasColon && length == 0) return false;
        At = at + length;
        return true;
    }

    private char CharAt(int at) => at < text.Length ? text[at] : '\0';

    private bool IsBoundary(int at) =>
        at >= text.Length || text[at] is '(' or ')' or '"' || char.IsWhiteSpace(text[at]);
}
