using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Query.Nodes;

/// <summary>The hashes that a block's filter must hold if a phrase is in one of its records: those of its whole
/// tokens.</summary>
internal sealed class PhraseDemand
{
    private readonly ulong[] _hashes;

    public PhraseDemand(Phrase phrase)
    {
        var whole = phrase.IsPrefix ? phrase.Tokens[..^1] : phrase.Tokens;
        _hashes = new ulong[whole.Length];
        for (var i = 0; i < whole.Length; i++) _hashes[i] = TokenHash.OfToken(whole[i]);
    }

    public bool MayBeIn(in BlockSummary block)
    {
        foreach (var hash in _hashes)
        {
            if (!block.MayContain(hash)) return false;
        }

        return true;
    }
}
