using System.CommandLine;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;
using Culvert.Collector.Configuration;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Elasticsearch.Search;
using Culvert.Collector.Search;
using Culvert.Collector.Web;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert page</c>: serves the page over what collectors wrote to a search server.</summary>
internal static class PageCommand
{
    /// <summary>Beside a collector's own page, which is one below.</summary>
    private const string AddressDefault = "127.0.0.1:7515";

    public static Command Create()
    {
        var address = new Option<string>("--http")
        {
            Description = "Where the page listens; beyond this machine it needs --insecure", HelpName = "ADDRESS",
            DefaultValueFactory = _ => AddressDefault,
        };
        var insecure = new Option<bool>("--insecure")
        {
            Description = "Let the page listen beyond this machine without encryption",
        };
        var data = DataOption.Create();
        var server = new ElasticsearchOptions(isRequired: true);
        var command = new Command(
            "page", "Serve the page over a search server until Ctrl-C; prints 'ready' when it answers.")
        {
            address, insecure, data,
        };
        server.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            var options = new HttpOptions
            {
                Address = result.GetValue(address) ?? AddressDefault, Insecure = result.GetValue(insecure),
            };
            try
            {
                return await RunAsync(
                    server.Connect(result)!, server.Index(result), options,
                    Path.GetFullPath(result.GetValue(data) ?? UserFolders.Data), cancellation);
            }
            catch (ReaderException exception)
            {
                Console.Error.WriteLine($"culvert: {exception.Message}");
                return exception.ExitCode;
            }
            catch (Exception exception) when (exception is IOException or FormatException or SearchException
                or ElasticsearchException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"culvert: {exception.Message}");
                return ExitCode.Failed;
            }
        });
        return command.WithExamples(
            "culvert page --elasticsearch http://127.0.0.1:9200",
            "culvert page --elasticsearch https://search:9200 --user reader --password-file pw --authority ca.pem");
    }

    private static async Task<int> RunAsync(
        ElasticsearchClient client, string index, HttpOptions options, string folder, CancellationToken cancellation)
    {
        using var stop = new StopSignal();
        using var engine = new ElasticsearchEngine(client, index, TimeProvider.System);
        // A wrong address or password is told now, and not on the page.
        await client.DetectAsync(cancellation);
        CreateFolder(folder);
        var logger = new StandardErrorLogger();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(logger));
        await using var page = new EnginePage(
            engine, token => ElasticsearchStats.ReadAsync(client, index, TimeProvider.System, token), options, folder,
            loggers.CreateLogger<EnginePage>(), TimeProvider.System);
        await page.StartAsync(cancellation);
        Console.WriteLine($"ready {page.Address}");
        await stop.Requested;
        Console.Error.WriteLine("culvert: stopping");
        return ExitCode.Done;
    }

    /// <summary>The page's token lies there, for its owner alone.</summary>
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(
            folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
