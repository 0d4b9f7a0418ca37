namespace Culvert.Fuzz.Engine;

/// <summary>The inputs that are worth changing: each took a way through the code that none took before it.</summary>
internal sealed class Corpus(Random random)
{
    private readonly List<byte[]> _inputs = [];

    public int Count => _inputs.Count;

    public void Add(byte[] input)
    {
        if (_inputs.Count < FuzzLimits.CorpusInputsMax) _inputs.Add(input);
        else _inputs[random.Next(_inputs.Count)] = input;
    }

    /// <summary>One of them; every second time one of the newest, because their surroundings are tried least.</summary>
    public byte[] Pick() => random.Next(2) == 0
        ? _inputs[^(1 + random.Next(Math.Min(16, _inputs.Count)))]
        : _inputs[random.Next(_inputs.Count)];
}
