using System.CommandLine;
using System.Text;
using System.Text.Json;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert stats</c>: the ledger.</summary>
internal static class StatsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print the ledger as JSON" };
        var reader = new ReaderOptions();
        var command = new Command(
            "stats", "Print the ledger: what became of every record. Exit code 1 when it does not add up. "
                + "Of a search server: its indices.") { json };
        reader.AddTo(command);
        command.SetAction((result, cancellation) => reader.RunAsync(result, async collector =>
        {
            var bytes = await collector.StatsAsync(cancellation);
            using var document = JsonDocument.Parse(bytes);
            var isOfServer = IndicesText.IsOf(document.RootElement);
            if (result.GetValue(json)) Console.WriteLine(Encoding.UTF8.GetString(bytes));
            else if (isOfServer) Console.Write(IndicesText.Format(document.RootElement));
            else if (document.RootElement.TryGetProperty("consumer", out var consumer))
                Console.Write(ConsumerText.Format(consumer));
            else Console.Write(LedgerText.Format(document.RootElement));
            return isOfServer || LedgerText.IsBalanced(document.RootElement) ? ExitCode.Done : ExitCode.Failed;
        }));
        return command.WithExamples("culvert stats", "culvert stats --json | jq .total",
            "culvert stats --elasticsearch https://search:9200 --user reader --password-file pw");
    }
}
