namespace Culvert.Cli.Bench.Corpus;

/// <summary>The same numbers for the same seed, on every runtime. Source: splitmix64, public domain, S. Vigna
/// 2015.</summary>
internal struct CorpusRandom(int seed)
{
    private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15 + 1;

    public ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Next(int below) => (int)((NextUInt64() >> 32) * (ulong)below >> 32);
}
