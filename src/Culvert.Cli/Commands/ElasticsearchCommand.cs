using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert elasticsearch</c>: makes a search server ready for what collectors write.</summary>
internal static class ElasticsearchCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create() => new Command(
        "elasticsearch", "Make an Elasticsearch or OpenSearch server ready for what collectors write.")
    {
        Setup(),
    }.WithExamples("culvert elasticsearch setup http://127.0.0.1:9200 --keep 14");

    private static Command Setup()
    {
        var address = new Argument<string>("URL") { Description = "Address of the server" };
        var indices = new Option<string>("--indices")
        {
            Description = "How the indices are called, before the day; the output's setting index",
            HelpName = "PREFIX", DefaultValueFactory = _ => "culvert",
        };
        var keep = new Option<int?>("--keep")
        {
            Description = "Days after which an index is deleted; without it the life cycle stays as it is, and is "
                + "none at first",
            HelpName = "DAYS",
        };
        var shards = Count("--shards", "Shards of each index", ElasticsearchLimits.ShardsDefault, 1);
        var replicas = Count("--replicas", "Copies of each shard", ElasticsearchLimits.ReplicasDefault, 0);
        keep.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 36_500) result.AddError("--keep takes 1 to 36500 days.");
        });
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would be sent, and send nothing" };
        var json = new Option<bool>("--json") { Description = "Print what was done as JSON" };
        var access = new SearchServerOptions();
        var command = new Command(
            "setup", "Install the index template and the life cycle. What is there already and right is left alone; "
                + "what changes holds for indices that are made from then on.")
        {
            address, indices, keep, shards, replicas, dryRun, json,
        };
        access.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(
            async () =>
            {
                var prefix = result.GetValue(indices)!;
                if (!ElasticsearchTemplate.IsPrefix(prefix))
                {
                    throw new ReaderException(
                        $"'{prefix}' can be no prefix of indices; {ElasticsearchTemplate.PrefixRule}", ExitCode.Usage);
                }

                using var client = access.Connect(result, result.GetValue(address)!);
                var flavour = await client.DetectAsync(cancellation);
                var setup = new ElasticsearchSetup(client, flavour, prefix);
                var steps = await setup.PlanAsync(
                    result.GetValue(shards), result.GetValue(replicas), result.GetValue(keep), cancellation);
                if (!result.GetValue(dryRun)) await setup.ApplyAsync(steps, cancellation);
                if (result.GetValue(json)) PrintJson(flavour, steps, result.GetValue(dryRun));
                else Print(client.Address, flavour, steps, result.GetValue(dryRun));
                return steps.Any(step => step.Change == SetupChange.Impossible) ? ExitCode.Failed : ExitCode.Done;
            }));
        return command.WithExamples(
            "culvert elasticsearch setup http://127.0.0.1:9200 --keep 14",
            "culvert elasticsearch setup https://search1:9200 --user admin --password-file secret --dry-run");
    }

    private static Option<int> Count(string name, string description, int value, int least)
    {
        var option = new Option<int>(name)
        {
            Description = description, HelpName = "COUNT", DefaultValueFactory = _ => value,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < least || result.GetValueOrDefault<int>() > 1024)
                result.AddError($"{name} takes {least} to 1024.");
        });
        return option;
    }

    private static async Task<int> RunAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (ReaderException exception)
        {
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return exception.ExitCode;
        }
        catch (ElasticsearchException exception)
        {
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    private static void Print(Uri address, ElasticsearchFlavour flavour, IReadOnlyList<SetupStep> steps, bool dryRun)
    {
        Console.WriteLine($"{flavour.Name} {flavour.Version} at {address}");
        foreach (var step in steps)
        {
            if (step.Change == SetupChange.Impossible) Console.Error.WriteLine($"culvert: {step.Problem}");
            else Console.WriteLine($"  {step.What,-34} {Words(step.Change, dryRun)}");
            if (!dryRun || step.Change is SetupChange.None or SetupChange.Impossible) continue;
            Console.WriteLine();
            Console.WriteLine($"PUT {step.Path}");
            Console.WriteLine(step.Body.ToJsonString(Indented));
            Console.WriteLine();
        }
    }

    private static string Words(SetupChange change, bool dryRun) => change switch
    {
        SetupChange.Created => dryRun ? "would be created" : "created",
        SetupChange.Updated => dryRun ? "would be updated" : "updated",
        _ => "is as it should be",
    };

    private static void PrintJson(ElasticsearchFlavour flavour, IReadOnlyList<SetupStep> steps, bool dryRun)
    {
        var list = new JsonArray();
        foreach (var step in steps)
        {
            var item = new JsonObject
            {
                ["what"] = step.What, ["path"] = step.Path, ["change"] = Word(step.Change),
            };
            if (step.Problem.Length > 0) item["problem"] = step.Problem;
            if (dryRun) item["body"] = step.Body.DeepClone();
            list.Add(item);
        }

        Console.WriteLine(new JsonObject
        {
            ["server"] = flavour.Name, ["version"] = flavour.Version.ToString(), ["dryRun"] = dryRun, ["steps"] = list,
        }.ToJsonString());
    }

    private static string Word(SetupChange change) => change switch
    {
        SetupChange.Created => "created",
        SetupChange.Updated => "updated",
        SetupChange.Impossible => "impossible",
        _ => "none",
    };
}
