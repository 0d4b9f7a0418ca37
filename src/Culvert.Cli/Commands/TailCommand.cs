using System.CommandLine;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;
using Culvert.Collector.Query;
using Culvert.Collector.Store;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert tail</c>: prints records as they arrive.</summary>
internal static class TailCommand
{
    public static Command Create()
    {
        var query = new Argument<string[]>("QUERY")
        {
            Description = "What to show, in the query language; nothing shows everything",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line" };
        var reader = new ReaderOptions();
        var command = new Command("tail", "Print records as they arrive, until Ctrl-C.") { query, json };
        reader.AddTo(command);
        command.SetAction((result, cancellation) => reader.RunAsync(result, async collector =>
        {
            var text = string.Join(' ', result.GetValue(query) ?? []);
            using var printer = new RecordPrinter(result.GetValue(json), LogQuery.Parse(text));
            RecordVisitor print = (in record) =>
            {
                printer.Print(record);
                printer.Flush();
                return true;
            };
            try
            {
                await collector.TailAsync(text, print, Skipped, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Ctrl-C is how a tail ends.
            }

            return ExitCode.Done;
        }));
        return command.WithExamples("culvert tail", "culvert tail 'level>=error' --json",
            "culvert tail --elasticsearch http://127.0.0.1:9200");
    }

    private static void Skipped(long count) =>
        Console.Error.WriteLine($"culvert: {count} records were left out, as this terminal could not keep up");
}
