using System.Text;
using Culvert.Collector.Configuration;
using Culvert.Collector.Inputs.Files;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Outputs.Elasticsearch;
using Culvert.Collector.Query;
using Culvert.Connections;
using Culvert.Transports.CopyData;

namespace Culvert.Fuzz.Targets;

/// <summary>The parsers of short texts and small messages, one after the other.</summary>
internal sealed class SmallTextsTarget : IFuzzTarget
{
    private static readonly HashSet<string> None = [];

    private byte[] _scratch = new byte[256];

    public string Name => "small";

    public IEnumerable<byte[]> Seeds =>
    [
        CopyDataMessage.Make(CopyDataKind.Hello, 5, 0), CopyDataMessage.MakeSection(5, 7, 4096),
        CopyDataMessage.MakeChallenge(5, 1, 9),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (Endpoint.TryParse(text, out var endpoint, out var problem))
            Must.Equal(endpoint, Endpoint.Parse(endpoint.ToString()));
        else
            Must.Hold(problem.Length > 0);
        if (SizeText.TryParse(text, out var bytes)) Must.Hold(bytes >= 0);
        DurationText.TryParse(text, out _);
        if (!TimeExpression.TryParse(text, FixedTime.Instance, out _, out var wrong)) Must.Hold(wrong.Length > 0);
        ContainerLine.TryReadCri(input, out _);
        ContainerLine.TryReadDocker(input, ref _scratch, out _);
        RecordIdentity.TryParse(input, out _, out _);
        BulkAnswer.TryRead(input.ToArray(), 2, []);
        DeadLetterJson.TryRead(text, None);
        if (CopyDataMessage.TryRead(input, out var message)) _ = message.Body.Length;
    }
}
