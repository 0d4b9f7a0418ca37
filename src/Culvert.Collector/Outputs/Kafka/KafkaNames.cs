using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>The names of topics and headers as texts, each made once: every message brings the same few again. One
/// thread.</summary>
internal sealed class KafkaNames
{
    private const int CountMax = 32;

    private readonly List<(byte[] Bytes, string Text)> _known = [];

    /// <summary>The text of a name that ends with a null.</summary>
    public unsafe string Of(byte* name)
    {
        var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        foreach (var (known, knownText) in _known)
        {
            if (bytes.SequenceEqual(known)) return knownText;
        }

        var text = KafkaLibrary.Text(name);
        if (_known.Count < CountMax) _known.Add((bytes.ToArray(), text));
        return text;
    }
}
