using Culvert.Collector.Query.Pruning;

namespace Culvert.Collector.Store;

/// <summary>Asks the token filter of one block after the other. Reused; one thread at a time.</summary>
internal sealed class TokenProbe : ITokenFilter
{
    private byte[] _filter = [];
    private int _bytes;

    /// <summary>Takes a copy of a filter that is known to be intact.</summary>
    public void Open(ReadOnlySpan<byte> filter)
    {
        if (_filter.Length < filter.Length) _filter = new byte[filter.Length * 2];
        filter.CopyTo(_filter);
        _bytes = filter.Length;
    }

    public bool MayContain(ulong hash) => TokenFilter.MayContain(_filter.AsSpan(0, _bytes), hash);
}
