using System.Globalization;
using System.Text;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Nodes;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Query.Parsing;

/// <summary>Makes the leaves of a query; what cannot be one becomes text, with a note.</summary>
internal sealed class TermBuilder(string query, QueryNotes notes)
{
    private int _count;

    /// <summary>A word or quoted text. Null if there is nothing in it to search.</summary>
    public QueryNode? Text(string text, bool isPrefix, int start, int end)
    {
        if (IsOverLimit(start, end)) return null;
        var phrase = Phrase.Create(Encoding.UTF8.GetBytes(text), isPrefix);
        if (phrase.IsEmpty)
        {
            notes.Add(start, end, $"'{Shown(start, end)}' has no letter or digit to search for and was left out.");
            return null;
        }

        if (phrase.Tokens.Length == QueryLimits.PhraseTokenCountMax)
        {
            notes.Add(
                start, end, $"Of this text only the first {QueryLimits.PhraseTokenCountMax} words were searched.");
        }

        return new TextNode(text, phrase);
    }

    /// <summary>What was meant as something else and is searched as text.</summary>
    public QueryNode? AsText(int start, int end, string reason)
    {
        notes.Add(start, end, reason);
        var text = query[start..end];
        return Phrase.Create(Encoding.UTF8.GetBytes(text), false).IsEmpty ? null : Text(text, false, start, end);
    }

    /// <summary>A word outside quotes: a star at its end makes it a prefix, a star alone is everything.</summary>
    public QueryNode? Word(string word, int start, int end)
    {
        if (word == "*") return AllNode.Instance;
        var isPrefix = word[^1] == '*';
        if (isPrefix) word = word[..^1];
        if (word.Contains('*'))
            notes.Add(start, end, "A star stands only at the end of a word; another one was taken as a space.");
        return Text(word, isPrefix, start, end);
    }

    public QueryNode? Condition(
        Field field, FieldOperator comparison, string value, bool isQuoted, bool isPrefix, int start, int end)
    {
        if (IsOverLimit(start, end)) return null;
        if (field.Kind is FieldKind.Level or FieldKind.Severity && LevelNames.TryFind(value, out var low, out var high))
            return Level(field, comparison, value.ToLowerInvariant(), low, high, isPrefix, start, end);
        if (field.Kind == FieldKind.Level && !(value == "*" && comparison == FieldOperator.Match))
        {
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (isNumber && number is >= 1 and <= 24)
                return Level(field, comparison, value, number, number, isPrefix, start, end);
            return AsText(
                start, end,
                $"'{value}' is no level (trace, debug, info, warn, error, fatal), so '{Shown(start, end)}' was "
                + "searched "
                + "as text.");
        }

        if (comparison == FieldOperator.Match)
        {
            if (value == "*" && !isQuoted) return new ExistsNode(field);
            if (!isQuoted && value.EndsWith('*')) (value, isPrefix) = (value[..^1], true);
            return new MatchNode(field, value, isPrefix);
        }

        var node = new CompareNode(field, Comparison(comparison), value);
        return comparison == FieldOperator.NotEqual ? new NotNode(node) : node;
    }

    private QueryNode? Level(
        Field field, FieldOperator comparison, string value, int low, int high, bool isPrefix, int start, int end)
    {
        if (isPrefix)
        {
            return AsText(
                start, end, $"A level has no beginning to compare, so '{Shown(start, end)}' was searched as text.");
        }

        var (from, to, symbol) = comparison switch
        {
            FieldOperator.Less => (1, low - 1, "<"),
            FieldOperator.LessOrEqual => (Math.Min(1, low), high, "<="),
            FieldOperator.Greater => (high + 1, 24, ">"),
            FieldOperator.GreaterOrEqual => (low, 24, ">="),
            _ => (low, high, ":"),
        };
        var node = new LevelNode(field.Name + symbol + value, from, to);
        return comparison == FieldOperator.NotEqual ? new NotNode(node) : node;
    }

    private bool IsOverLimit(int start, int end)
    {
        if (++_count <= QueryLimits.TermCountMax) return false;
        if (_count == QueryLimits.TermCountMax + 1)
        {
            notes.Add(
                start, end,
                $"A query has at most {QueryLimits.TermCountMax} conditions; from here on they were left out.");
        }

        return true;
    }

    private string Shown(int start, int end) =>
        end - start <= 40 ? query[start..end] : query[start..(start + 40)] + "…";

    private static CompareOperator Comparison(FieldOperator comparison) => comparison switch
    {
        FieldOperator.Less => CompareOperator.Less,
        FieldOperator.LessOrEqual => CompareOperator.LessOrEqual,
        FieldOperator.Greater => CompareOperator.Greater,
        FieldOperator.GreaterOrEqual => CompareOperator.GreaterOrEqual,
        _ => CompareOperator.Equal,
    };
}
