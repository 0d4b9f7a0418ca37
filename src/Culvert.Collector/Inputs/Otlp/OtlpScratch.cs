using Culvert.Collector.Inputs.Http;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>What decoding one request needs, kept for the next. One request at a time.</summary>
internal sealed class OtlpScratch : IDisposable
{
    private readonly OtlpDecoder _decoder = new();
    private readonly RecordBuffer _rewritten = new();

    public RecordBatches Batches { get; } = new();

    public int RejectedCount => _decoder.RejectedCount;

    public int RepairedCount => _decoder.RepairedCount;

    public int CapacityBytes => Batches.CapacityBytes + _rewritten.Length;

    /// <summary>Fills <see cref="Batches"/>; false when the body is broken.</summary>
    public bool TryDecode(ReadOnlySpan<byte> body, bool isJson)
    {
        Batches.Clear();
        if (!isJson) return _decoder.TryDecode(body, Batches);
        return OtlpJson.TryRewrite(body, _rewritten) && _decoder.TryDecode(_rewritten.Written, Batches);
    }

    public void Dispose() => _decoder.Dispose();
}
