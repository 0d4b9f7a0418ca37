using System.CommandLine;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;
using Culvert.Collector.Query;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert search</c>: finds records, newest first.</summary>
internal static class SearchCommand
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1_000_000;

    public static Command Create()
    {
        var query = new Argument<string[]>("QUERY")
        {
            Description = "What to find, in the query language; nothing finds everything",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var from = new Option<string?>("--from") { Description = "Earliest time: 15m, '2h ago', yesterday, RFC "
            + "3339", HelpName = "T" };
        var to = new Option<string?>("--to") { Description = "Time before which", HelpName = "T" };
        var limit = new Option<int>("--limit")
        {
            Description = $"Most records to print, up to {LimitMax}", HelpName = "N", DefaultValueFactory = _ =>
                LimitDefault,
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > LimitMax)
                result.AddError($"--limit must be 1 to {LimitMax}.");
        });
        var count = new Option<bool>("--count") { Description = "Print only how many records match" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line" };
        var reader = new ReaderOptions();
        var command = new Command("search", "Find records, newest first. Exit code 1 when there are none.")
        {
            query, from, to, limit, count, json,
        };
        reader.AddTo(command);
        command.SetAction((result, cancellation) => reader.RunAsync(result, async collector =>
        {
            var terms = new SearchTerms(
                string.Join(' ', result.GetValue(query) ?? []), result.GetValue(from), result.GetValue(to));
            return result.GetValue(count)
                ? await CountAsync(collector, terms, cancellation)
                : await PrintAsync(collector, terms, result.GetValue(limit), result.GetValue(json), cancellation);
        }));
        return command.WithExamples(
            "culvert search 'level>=warn \"connection refused\" -host:db1' --from 15m",
            "culvert search 'status>=500' --count",
            "culvert search service:api --from yesterday --json | jq .body",
            "culvert search 'level>=error' --elasticsearch https://search:9200 --user reader --password-file pw");
    }

    private static async Task<int> CountAsync(
        ICollectorReader collector, SearchTerms terms, CancellationToken cancellation)
    {
        var count = await collector.CountAsync(terms, cancellation);
        Console.WriteLine(count);
        return count > 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> PrintAsync(
        ICollectorReader collector, SearchTerms terms, int limit, bool json, CancellationToken cancellation)
    {
        using var printer = new RecordPrinter(json, LogQuery.Parse(terms.Query));
        var notes = await collector.SearchAsync(terms, limit, printer.Print, cancellation);
        printer.Flush();
        foreach (var note in notes) Console.Error.WriteLine($"culvert: {note}");
        if (printer.Count == limit && !Console.IsErrorRedirected)
            Console.Error.WriteLine($"culvert: these are the newest {limit}; --limit shows more");
        return printer.Count > 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
