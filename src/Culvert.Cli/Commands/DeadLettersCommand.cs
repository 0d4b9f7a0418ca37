using System.CommandLine;
using System.Text;
using System.Text.Json;
using Culvert.Cli.Terminal;
using Culvert.Collector;
using Culvert.Collector.Configuration;
using Culvert.Collector.Consuming;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Records;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert deadletters</c>: what could not be delivered, from a dead-letter topic or a collector's data
/// folder.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() => new Command(
        "deadletters", "List, show or send again what the other side of an output refused for good, or what could not "
        + "be decoded: of the dead-letter topic where brokers are named, otherwise of the data folder.")
    {
        List(),
        Show(),
        Replay(),
    }.WithExamples(
        "culvert deadletters list", "culvert deadletters list --brokers kafka1:9092",
        "culvert deadletters show --brokers kafka1:9092 0-17", "culvert deadletters replay --all");

    private static Command List()
    {
        var json = Json();
        var all = new Option<bool>("--all") { Description = "Also those that were sent again" };
        var reason = new Option<string?>("--reason") { Description = "Those of this reason", HelpName = "WORD" };
        var command = new Command("list", "One line for each letter.") { json, all, reason };
        Run(command, (result, box, cancellation) =>
        {
            var count = 0;
            foreach (var letter in box.Read(cancellation))
            {
                if (letter.IsReplayed && !result.GetValue(all)) continue;
                if (result.GetValue(reason) is { } word && word != letter.Reason) continue;
                count++;
                if (result.GetValue(json)) WriteJson(letter);
                else Console.WriteLine(LetterText.Line(letter));
            }

            if (count == 0 && !result.GetValue(json)) Console.WriteLine("There are no dead letters.");
            return Task.FromResult(ExitCode.Done);
        });
        return command.WithExamples(
            "culvert deadletters list", "culvert deadletters list --json | jq -r .reason | sort | uniq -c");
    }

    private static Command Show()
    {
        var json = Json();
        var id = new Argument<string>("id") { Description = "The letter's id, or the beginning of it" };
        var command = new Command("show", "One letter with its document.") { id, json };
        Run(command, (result, box, cancellation) =>
        {
            if (Find(box, result.GetValue(id)!, cancellation) is not { } letter)
                return Task.FromResult(ExitCode.Failed);
            if (result.GetValue(json)) WriteJson(letter);
            else Console.Write(LetterText.Format(letter));
            return Task.FromResult(ExitCode.Done);
        });
        return command.WithExamples("culvert deadletters show --brokers kafka1:9092 0-17");
    }

    private static Command Replay()
    {
        var ids = new Argument<string[]>("id")
        {
            Description = "Ids of letters, or the beginnings of them", Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "All that were not sent again yet" };
        var command = new Command(
            "replay", "Send letters again to where they were to go, after what was wrong is mended.") { ids, all };
        Run(command, async (result, box, cancellation) =>
        {
            var wanted = result.GetValue(ids) ?? [];
            if (wanted.Length == 0 == !result.GetValue(all))
            {
                Console.Error.WriteLine("culvert: Name the letters to send again, or say --all.");
                return ExitCode.Usage;
            }

            var letters = wanted.Length == 0
                ? box.Read(cancellation).Where(letter => !letter.IsReplayed)
                : wanted.Select(id => Find(box, id, cancellation));
            var (sent, failed) = (0, 0);
            foreach (var letter in letters)
            {
                if (letter is not null && await TryReplayAsync(box, letter, cancellation)) sent++;
                else failed++;
            }

            Console.WriteLine($"{sent} sent again, {failed} not.");
            return failed == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command.WithExamples(
            "culvert deadletters replay --all", "culvert deadletters replay --brokers kafka1:9092 0-17 2-3");
    }

    private static async Task<bool> TryReplayAsync(ILetterBox box, KeptLetter letter, CancellationToken cancellation)
    {
        try
        {
            await box.ReplayAsync(letter, cancellation);
            return true;
        }
        catch (OutputException exception)
        {
            Console.Error.WriteLine($"culvert: {letter.Id}: {TerminalText.Clean(exception.Message)}");
            return false;
        }
    }

    private static KeptLetter? Find(ILetterBox box, string id, CancellationToken cancellation)
    {
        KeptLetter? found = null;
        foreach (var letter in box.Read(cancellation))
        {
            if (letter.Id == id) return letter;
            if (!letter.Id.StartsWith(id, StringComparison.Ordinal)) continue;
            if (found is not null)
            {
                Console.Error.WriteLine($"culvert: Several letters begin with '{id}'; write more of the id.");
                return null;
            }

            found = letter;
        }

        if (found is null)
            Console.Error.WriteLine($"culvert: There is no letter '{id}'; 'culvert deadletters list --all' has all.");
        return found;
    }

    private static Option<bool> Json() => new("--json") { Description = "Print JSON, one letter on a line" };

    private static void WriteJson(KeptLetter letter)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, RecordJson.WriterOptions)) DeadLetterJson.Write(json, letter);
        Console.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void Run(Command command, Func<ParseResult, ILetterBox, CancellationToken, Task<int>> work)
    {
        var options = new ConfigurationOptions(
            (ConsumeCommand.Brokers(), "consume.brokers"), (ConsumeCommand.DeadLetters(), "consume.deadLetters"));
        var data = DataOption.Create();
        command.Options.Add(data);
        options.AddTo(command, listens: false);
        command.SetAction(async (result, cancellation) =>
        {
            if (options.Read(result, out var wrong) is not { } configuration) return wrong;
            try
            {
                await using var box = Open(configuration, result.GetValue(data));
                return await work(result, box, cancellation);
            }
            catch (Exception exception) when (exception
                is OutputException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"culvert: {exception.Message}");
                return ExitCode.Failed;
            }
        });
    }

    private static ILetterBox Open(CollectorConfiguration configuration, string? dataFolder) =>
        dataFolder is null && configuration.Consume.Texts("brokers").Count > 0
            ? new TopicLetterBox(ConsumerOptions.Of(configuration.Consume))
            : new FolderLetterBox(
                Path.Combine(dataFolder ?? UserFolders.Data, OutputFactory.DeadLettersFolder),
                (letter, cancellation) => OutputFactory.ResendAsync(configuration, letter, cancellation));
}
