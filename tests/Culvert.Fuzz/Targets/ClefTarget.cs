using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Http;

namespace Culvert.Fuzz.Targets;

/// <summary>Serilog's compact events, as they come over HTTP.</summary>
internal sealed class ClefTarget : IFuzzTarget
{
    public string Name => "clef";

    public IEnumerable<byte[]> Seeds =>
    [
        Samples.Utf8("""
            {"@t":"2023-11-14T22:13:20Z","@mt":"{A} {B:x}","@r":["\u00e9\n"],"@x":"E: m","A":{"b":[1.5e3]},"B":"\ud83d\ude00"}
            {"@t":"2023-11-14T22:13:20.1234567+01:00","@m":"done","@l":"Warning","@i":"1a2b","@tr":"0af7651916cd43dd8448eb211c80319c","@sp":"b7ad6b7169203331","SourceContext":"Api"}
            """),
        Samples.Utf8("""{"Events":[{"Timestamp":"2023-11-14T22:13:20Z","Level":"Error","MessageTemplate":"x","Properties":{"a":1}}]}"""),
    ];

    public IEnumerable<string> Words =>
        ["@t", "@mt", "@m", "@l", "@x", "@i", "@r", "@tr", "@sp", "@@", "{@A,-10:l}", "{{", "}}", "\\ud800", "\n", "null"];

    public void Run(ReadOnlySpan<byte> input)
    {
        var batches = new RecordBatches();
        new ClefDecoder().Decode(input.ToArray(), batches);
        for (var i = 0; i < batches.Count; i++) BatchTarget.CheckOwn(batches.Batch(i).Span);
    }
}
