using System.Text;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>A range of severity numbers. A record without one has the number 0.</summary>
/// <param name="text">How it was written: <c>level>=warn</c>.</param>
/// <param name="low">The lowest number, 1 or more, or 0 for records without a level.</param>
/// <param name="high">The highest number, at most 24; the range is empty if it is below the lowest.</param>
internal sealed class LevelNode(string text, int low, int high) : QueryNode
{
    /// <summary>Bit n is set if the severity number n passes.</summary>
    public uint Mask { get; } = MaskOf(low, high);

    public override bool Matches(in StoredRecord record) => (Mask & BlockSummary.SeverityBit(record.Severity)) != 0;

    public override BlockVerdict Examine(in BlockSummary block)
    {
        if ((block.Severities & Mask) == 0) return BlockVerdict.None;
        return (block.Severities & ~Mask) == 0 ? BlockVerdict.All : BlockVerdict.Some;
    }

    public override void Print(StringBuilder output) => output.Append(text);

    private static uint MaskOf(int low, int high)
    {
        uint mask = 0;
        for (var i = Math.Max(0, low); i <= Math.Min(24, high); i++) mask |= 1u << i;
        return mask;
    }
}
