using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Collector.Outputs.Relay;
using Culvert.Collector.Web;
using Culvert.Connections;
using Culvert.Transports;

namespace Culvert.Collector.Configuration;

/// <summary>What no value alone can be asked: whether values fit together, and whether addresses can be listened
/// at. One sentence for each that does not, as the parts themselves would say it at the start.</summary>
internal static class ConfigurationRules
{
    /// <summary>The spool never deletes the segment that it writes, nor can it delete the only other one.</summary>
    private const int SegmentsMin = 2;

    public static IEnumerable<string> Problems(CollectorConfiguration configuration) =>
    [
        .. SpoolProblems(configuration.Spool),
        .. Refused("http.address", () => HttpOptions.Of(configuration.Http).ReadAddress()),
        .. configuration.Inputs.SelectMany(
            input => Refused($"inputs.{input.Name}.endpoint", () => CheckEndpoint(input))),
        .. configuration.Inputs.Where(input => input.Type == "listen").SelectMany(RelayProblems),
        .. configuration.Outputs.SelectMany(output => ToItself(configuration.Inputs, output)),
        .. OutputRules.Problems(configuration.Outputs),
        .. OutputRules.Consume(configuration.Consume),
    ];

    private static IEnumerable<string> SpoolProblems(ConfiguredObject spool)
    {
        var (max, segment) = (spool.Size("maxSize"), spool.Size("segmentSize"));
        if (max >= SegmentsMin * segment) yield break;
        yield return $"spool.maxSize ({spool.Origin("maxSize")}) is '{spool.Text("maxSize")}', "
            + $"less than {SegmentsMin} times spool.segmentSize, which is '{spool.Text("segmentSize")}' "
            + $"({spool.Origin("segmentSize")}); raise the one or lower the other.";
    }

    private static IEnumerable<string> RelayProblems(ConfiguredObject input)
    {
        if (input.Texts("relayFrom").Count > 0 && !input.Boolean("relay"))
        {
            yield return $"inputs.{input.Name}.relayFrom names who may relay, and relay is false; say relay: true, "
                + "or leave relayFrom out.";
        }
    }

    private static IEnumerable<string> ToItself(IReadOnlyList<ConfiguredObject> inputs, ConfiguredObject output)
    {
        if (output.Type != RelaySink.Type) yield break;
        var input = inputs.FirstOrDefault(
            input => input.Type == "listen" && input.Text("endpoint") == output.Text("endpoint"));
        if (input is null) yield break;
        yield return $"outputs.{output.Name}.endpoint is '{output.Text("endpoint")}', where inputs.{input.Name} of "
            + "this collector listens; name another collector's endpoint.";
    }

    private static void CheckEndpoint(ConfiguredObject input)
    {
        if (input.Type is not ("listen" or "syslog")) return;
        var endpoint = Endpoint.Parse(input.Text("endpoint"));
        if (input.Type == "listen") TransportRegistry.Find(endpoint);
        else SyslogInput.CheckEndpoint(input.Name, endpoint);
        LoopbackRule.Check(input.Name, endpoint, input.Boolean("insecure"));
    }

    internal static IEnumerable<string> Refused(string path, Action check)
    {
        try
        {
            check();
            return [];
        }
        catch (Exception exception) when (exception is FormatException or ConnectionException)
        {
            return [$"{path}: {exception.Message}"];
        }
    }
}
