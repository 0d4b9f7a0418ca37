using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Nodes;

namespace Culvert.Collector.Query.Parsing;

/// <summary>
/// Reads a query; docs/query.md is its grammar. It never fails: what is no query is text, and a note says so.
/// <code>
/// or    := and ("OR" and)*
/// and   := unary ("AND"? unary)*
/// unary := ("NOT" | "-")* (group | field operator value | field ":" group | word | quoted)
/// group := "(" or ")"
/// </code>
/// </summary>
internal sealed class QueryParser
{
    private readonly QueryScanner _scan;
    private readonly QueryNotes _notes = new();
    private readonly TermBuilder _terms;

    private QueryParser(string text)
    {
        _scan = new QueryScanner(text);
        _terms = new TermBuilder(text, _notes);
    }

    public static (QueryNode Root, QueryNote[] Notes) Parse(string text)
    {
        var cut = text.Length > QueryLimits.QueryLengthMax;
        var parser = new QueryParser(cut ? text[..QueryLimits.QueryLengthMax] : text);
        if (cut)
        {
            parser._notes.Add(QueryLimits.QueryLengthMax, text.Length,
                $"A query has at most {QueryLimits.QueryLengthMax} characters; the rest was left out.");
        }

        return (parser.ParseOr(0, null) ?? AllNode.Instance, parser._notes.ToArray());
    }

    private QueryNode? ParseOr(int depth, Field? field)
    {
        var alternatives = new List<QueryNode>();
        while (true)
        {
            if (ParseAnd(depth, field) is { } one)
            {
                if (one is OrNode or) alternatives.AddRange(or.Children);
                else alternatives.Add(one);
            }

            if (!_scan.IsKeyword("OR")) break;
            _scan.At += 2;
        }

        return alternatives.Count switch { 0 => null, 1 => alternatives[0], _ => new OrNode([.. alternatives]) };
    }

    /// <summary>Stops at the end, at a bracket that closes, and at an OR with something on both sides.</summary>
    private QueryNode? ParseAnd(int depth, Field? field)
    {
        var all = new List<QueryNode>();
        var isFirst = true;
        while (true)
        {
            _scan.SkipSpace();
            if (_scan.IsAtEnd || (_scan.Current == ')' && depth > 0)) break;
            if (_scan.Current == ')')
            {
                _notes.Add(_scan.At, _scan.At + 1, "This bracket closes nothing and was left out.");
                _scan.At++;
                continue;
            }

            if (_scan.IsKeyword("OR") && !isFirst && _scan.HasOperandBehind(2)) break;
            if (_scan.IsKeyword("AND") && !isFirst && _scan.HasOperandBehind(3))
            {
                _scan.At += 3;
                continue;
            }

            isFirst = false;
            var one = ParseUnary(depth, field);
            if (one is AndNode and) all.AddRange(and.Children);
            else if (one is not null) all.Add(one);
        }

        return all.Count switch { 0 => null, 1 => all[0], _ => new AndNode([.. all]) };
    }

    private QueryNode? ParseUnary(int depth, Field? field)
    {
        var isNegated = false;
        while (true)
        {
            _scan.SkipSpace();
            if (_scan.IsKeyword("NOT") && _scan.HasOperandBehind(3))
            {
                _scan.At += 3;
                isNegated = !isNegated;
                continue;
            }

            if (_scan.Current != '-') break;
            _scan.At++;
            if (_scan.IsAtEnd || _scan.Current == ')' || char.IsWhiteSpace(_scan.Current))
            {
                _notes.Add(_scan.At - 1, _scan.At, "This '-' stands before nothing and was left out.");
                return null;
            }

            isNegated = !isNegated;
        }

        var node = ParsePrimary(depth, field);
        if (node is null || !isNegated) return node;
        return node is NotNode not ? not.Child : new NotNode(node);
    }

    private QueryNode? ParsePrimary(int depth, Field? field)
    {
        var start = _scan.At;
        if (_scan.Current == '(') return ParseGroup(depth, field);
        foreach (var keyword in (ReadOnlySpan<string>)["AND", "OR", "NOT"])
        {
            if (!_scan.IsKeyword(keyword)) continue;
            _scan.At += keyword.Length;
            return _terms.AsText(
                start, _scan.At, $"{keyword} needs something to search beside it, so it was searched as a word.");
        }

        if (_scan.Current == '"') return ParseQuoted(depth, field);
        if (field is not null) return ParseGroupValue(field);
        return TryReadFieldName(out var name) ? ParseCondition(depth, name, start) : ParseWord(start);
    }

    private QueryNode? ParseGroup(int depth, Field? field)
    {
        var start = _scan.At++;
        if (depth == QueryLimits.DepthMax)
        {
            _notes.Add(start, start + 1, $"Brackets nest at most {QueryLimits.DepthMax} deep; this one was left out.");
            return null;
        }

        var inner = ParseOr(depth + 1, field);
        if (_scan.Current == ')') _scan.At++;
        else _notes.Add(start, start + 1, "This bracket is not closed; it was taken to close at the end.");
        if (inner is null) _notes.Add(start, _scan.At, "These brackets hold nothing to search and were left out.");
        return inner;
    }

    private QueryNode? ParseQuoted(int depth, Field? field)
    {
        var start = _scan.At;
        var text = ReadQuoted();
        if (field is not null)
        {
            var isPrefix = TakeStar();
            return _terms.Condition(field, FieldOperator.Match, text, isQuoted: true, isPrefix, start, _scan.At);
        }

        var isName = text.Length > 0 && _scan.Current is ':' or '=' or '<' or '>' or '!';
        if (isName) return ParseCondition(depth, text, start);
        return _terms.Text(text, TakeStar(), start, _scan.At);
    }

    /// <summary>The scanner stands behind the name, at an operator.</summary>
    private QueryNode? ParseCondition(int depth, string name, int start)
    {
        if (!_scan.TryReadOperator(out var comparison))
        {
            _scan.ReadWord();
            return _terms.AsText(start, _scan.At, "A single '!' is no operator, so this was searched as text.");
        }

        var symbolEnd = _scan.At;
        if (_scan.Current == '(' && comparison == FieldOperator.Match && !FieldNames.IsTime(name))
            return ParseGroup(depth, FieldNames.Resolve(name));
        var isQuoted = _scan.Current == '"';
        var value = isQuoted ? ReadQuoted() : _scan.ReadWord();
        var isPrefix = isQuoted && comparison == FieldOperator.Match && TakeStar();
        if (FieldNames.IsTime(name))
            return _terms.AsText(
                start, _scan.At, "Time is chosen beside the query, by from and to, so this was searched as text.");
        if (!isQuoted && value.Length == 0)
        {
            return _terms.AsText(
                start, symbolEnd,
                $"Nothing stands right behind '{_scan.Text[start..symbolEnd]}', so it was searched as text.");
        }

        return _terms.Condition(FieldNames.Resolve(name), comparison, value, isQuoted, isPrefix, start, _scan.At);
    }

    /// <summary>A value in <c>field:( ... )</c>, perhaps with a comparison before it.</summary>
    private QueryNode? ParseGroupValue(Field field)
    {
        var start = _scan.At;
        if (_scan.Current == ':' || !_scan.TryReadOperator(out var comparison)) comparison = FieldOperator.Match;
        var value = _scan.ReadWord();
        if (value.Length > 0) return _terms.Condition(field, comparison, value, false, false, start, _scan.At);
        return _terms.AsText(start, _scan.At, "Nothing stands behind this comparison, so it was left out.");
    }

    private QueryNode? ParseWord(int start)
    {
        var word = _scan.ReadWord();
        return _terms.Word(word, start, _scan.At);
    }

    /// <summary>Reads a name if one stands here right before an operator. An address (http://x), a path with a drive
    /// (C:\x) and a qualified name (A::B) are no fields.</summary>
    private bool TryReadFieldName(out string name)
    {
        var (text, start) = (_scan.Text, _scan.At);
        var end = start;
        while (end < text.Length && IsNameCharacter(text[end], end == start)) end++;
        name = text[start..end];
        if (end == start || end == text.Length) return false;
        if (!char.IsLetterOrDigit(text[end - 1]) && text[end - 1] != '_') return false;
        var rest = text.AsSpan(end);
        if (rest[0] is not (':' or '=' or '<' or '>') && !rest.StartsWith("!=")) return false;
        if (rest.StartsWith("://") || rest.StartsWith("::")) return false;
        if (end - start == 1 && (rest.StartsWith(":\\") || rest.StartsWith(":/"))) return false;
        _scan.At = end;
        return true;
    }

    private string ReadQuoted()
    {
        var start = _scan.At;
        var text = _scan.ReadQuoted(out var isClosed);
        if (!isClosed) _notes.Add(start, start + 1, "This quote is not closed; all behind it was taken as quoted.");
        return text;
    }

    private bool TakeStar()
    {
        if (_scan.Current != '*') return false;
        _scan.At++;
        return true;
    }

    private static bool IsNameCharacter(char c, bool isFirst) =>
        char.IsLetter(c) || c == '_' || (isFirst ? c is '@' or '$' : char.IsDigit(c) || c is '.' or '-');
}
