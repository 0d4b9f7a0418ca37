using Culvert.Collector.Inputs.Lines;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>Repairs the text of one body where it is not UTF-8. Reused; one thread at a time.</summary>
internal sealed class OtlpText
{
    private readonly TextRepair _keys = new();
    private readonly TextRepair _values = new();

    /// <summary>Whether anything was repaired since this was last set to false.</summary>
    public bool WasInvalid { get; set; }

    /// <summary>A key; valid until the next key.</summary>
    public ReadOnlySpan<byte> Key(ReadOnlySpan<byte> bytes) => Repair(_keys, bytes);

    /// <summary>Any other text; valid until the next.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> bytes) => Repair(_values, bytes);

    private ReadOnlySpan<byte> Repair(TextRepair repair, ReadOnlySpan<byte> bytes)
    {
        var text = repair.Repair(bytes, out var wasInvalid);
        WasInvalid |= wasInvalid;
        return text;
    }
}
