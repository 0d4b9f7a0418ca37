using System.CommandLine;
using System.Text.Json;
using Culvert.Cli.Commands;
using Culvert.Collector;
using Culvert.Collector.Configuration;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Search;
using Culvert.Collector.Store;

namespace Culvert.Cli.Reading;

/// <summary>Where a reading command reads: the data folder of a collector that runs or ran here, a collector's
/// address, or a search server.</summary>
internal sealed class ReaderOptions
{
    private const string TokenVariable = "CULVERT_TOKEN";
    private const string TokenFile = "http-token";

    private readonly Option<string?> _data = DataOption.Create();

    private readonly Option<string?> _http = new("--http")
    {
        Description = "Address of a collector's page, instead of a data folder; its token is taken from the data "
            + $"folder or ${TokenVariable}",
        HelpName = "ADDRESS",
    };

    private readonly ElasticsearchOptions _elasticsearch = new(isRequired: false);

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_http);
        _elasticsearch.AddTo(command);
    }

    /// <summary>Runs the command's work on a reader; what cannot be read becomes one sentence and an exit
    /// code.</summary>
    public async Task<int> RunAsync(ParseResult result, Func<ICollectorReader, Task<int>> work)
    {
        try
        {
            await using var reader = Open(result);
            return await work(reader);
        }
        catch (ReaderException exception)
        {
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return exception.ExitCode;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException)
        {
            Console.Error.WriteLine($"culvert: What answers is no collector of this version: {exception.Message}");
            return ExitCode.Failed;
        }
        catch (Exception exception) when (exception
            is StoreException or UnauthorizedAccessException or SearchException or ElasticsearchException)
        {
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return ExitCode.Failed;
        }
        catch (IOException exception)
        {
            // The reader of our output, such as head, has enough: that is no failure worth a message.
            if (exception.HResult is 32
                || exception.InnerException is System.Net.Sockets.SocketException { ErrorCode: 32 })
                return ExitCode.Done;
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    private ICollectorReader Open(ParseResult result)
    {
        if (_elasticsearch.Connect(result) is { } client)
            return new ElasticsearchReader(client, _elasticsearch.Index(result));
        var folder = Path.GetFullPath(result.GetValue(_data) ?? UserFolders.Data);
        if (result.GetValue(_http) is { } address) return new HttpReader(ReadAddress(address), ReadToken(folder));
        if (!Directory.Exists(folder))
            throw new ReaderException($"There is no data folder {folder}; start a collector with culvert up.");

        // A running collector holds the lock and answers; without one, the folder is read as it lies.
        if (CollectorData.ReadAddress(folder) is { } running && IsHeld(folder))
            return new HttpReader(running, ReadToken(folder));
        try
        {
            return FolderReader.Open(folder);
        }
        catch (DataFolderHeldException exception)
        {
            throw new ReaderException($"{exception.Message} It serves no page, so it cannot be asked.");
        }
    }

    private static bool IsHeld(string folder)
    {
        using var free = Collector.Spool.DataFolderLock.TryAcquire(folder, TimeProvider.System, out _);
        return free is null;
    }

    private static Uri ReadAddress(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new ReaderException($"'{text}' is no address; write one such as 127.0.0.1:7514.", ExitCode.Usage);
    }

    private static string? ReadToken(string folder)
    {
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token) return token;
        var path = Path.Combine(folder, TokenFile);
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's folder; the collector then says what is missing.
            return null;
        }
    }
}
