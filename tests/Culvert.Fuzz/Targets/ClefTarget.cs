using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Http;

namespace Culvert.Fuzz.Targets;

/// <summary>Serilog's compact events, as they come over HTTP.</summary>
internal sealed class ClefTarget : IFuzzTarget
{
    public string Name => "clef";

    public IEnumerable<string> Words =>
    [
        "@t", "@mt", "@m", "@l", "@x", "@i", "@r", "@tr", "@sp", "@ra", "@sa", "@@", "{@A,-10:l}", "{{", "}}",
        "\\ud800", "\n", "null",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var batches = new RecordBatches();
        new ClefDecoder().Decode(input.ToArray(), batches);
        for (var i = 0; i < batches.Count; i++) BatchTarget.CheckOwn(batches.Batch(i).Span);
    }
}
