using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>A condition on the values of one field; it holds if one of them passes.</summary>
internal abstract class FieldNode(Field field) : QueryNode, IValueTest
{
    private SourceAnswer? _lastAnswer;

    public Field Field { get; } = field;

    public abstract bool Test(scoped in FieldValue value);

    public sealed override bool Matches(in StoredRecord record)
    {
        var self = this;
        var isOfRecord = !Field.ReadsSource || (Field.ReadsAttributes && record.Attributes.Count > 0);
        if (isOfRecord) return Field.Any(record, ref self);
        return MatchesSource(record.Source);
    }

    public sealed override BlockVerdict Examine(in BlockSummary block)
    {
        var mayBeAttribute = Field.MayBeAttribute(block);
        var isOwn = !Field.ReadsSource && Field.Kind != FieldKind.Attribute;
        if ((mayBeAttribute || isOwn) && (!Field.IsInFilter || MayPass(block))) return BlockVerdict.Some;
        if (!Field.ReadsSource) return BlockVerdict.None;
        if (block.Sources.IsEmpty) return BlockVerdict.Some;
        var (passed, failed) = (0, 0);
        foreach (var source in block.Sources) _ = MatchesSource(source) ? passed++ : failed++;
        if (passed == 0) return BlockVerdict.None;
        return failed == 0 && !mayBeAttribute ? BlockVerdict.All : BlockVerdict.Some;
    }

    /// <summary>Whether a value of a record in the block may pass, as far as its filter tells.</summary>
    protected abstract bool MayPass(in BlockSummary block);

    /// <summary>Records of one source follow each other, so the last answer mostly is the next one. The answer is one
    /// immutable object, so threads that race read a whole one.</summary>
    private bool MatchesSource(Source source)
    {
        var last = Volatile.Read(ref _lastAnswer);
        if (last is not null && ReferenceEquals(last.Source, source)) return last.Passed;
        var self = this;
        var passed = Field.AnyOf(source, ref self);
        Volatile.Write(ref _lastAnswer, new SourceAnswer(source, passed));
        return passed;
    }

    private sealed record SourceAnswer(Source Source, bool Passed);
}
