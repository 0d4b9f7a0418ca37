using System.CommandLine;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Cli.Reading;

/// <summary>Which search server a command asks, and as whom. Secrets come from files or the environment: the arguments
/// of a process are seen by everyone on the machine.</summary>
internal sealed class ElasticsearchOptions
{
    public const string IndexDefault = "culvert-*";

    private const string PasswordVariable = "CULVERT_ELASTICSEARCH_PASSWORD";
    private const string ApiKeyVariable = "CULVERT_ELASTICSEARCH_API_KEY";

    private readonly Option<string?> _address;

    private readonly Option<string> _index = new("--index")
    {
        Description = "Indices to read, a name or pattern", HelpName = "PATTERN",
        DefaultValueFactory = _ => IndexDefault,
    };

    private readonly Option<string?> _user = new("--user")
    {
        Description = $"User of the search server; the password is taken from ${PasswordVariable} or "
            + "--password-file. An API key is taken from $" + ApiKeyVariable,
        HelpName = "NAME",
    };

    private readonly Option<string?> _passwordFile = new("--password-file")
    {
        Description = "File with the user's password", HelpName = "FILE",
    };

    private readonly Option<string?> _authority = new("--authority")
    {
        Description = "PEM file of the authority that the search server's certificate is from", HelpName = "FILE",
    };

    /// <param name="isRequired">Whether the command can do nothing else.</param>
    public ElasticsearchOptions(bool isRequired) => _address = new Option<string?>("--elasticsearch")
    {
        Description = isRequired
            ? "Address of an Elasticsearch or OpenSearch server that collectors write to"
            : "Address of an Elasticsearch or OpenSearch server that collectors write to, instead of a data folder",
        HelpName = "URL",
        Required = isRequired,
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_address, _index, _user, _passwordFile, _authority])
            command.Options.Add(option);
    }

    public string Index(ParseResult result) => result.GetValue(_index) ?? IndexDefault;

    /// <summary>The server, or null when none was named; throws <see cref="ReaderException"/> or
    /// <see cref="ElasticsearchException"/> with a sentence.</summary>
    public ElasticsearchClient? Connect(ParseResult result)
    {
        if (result.GetValue(_address) is not { } address) return null;
        return new ElasticsearchClient(new ElasticsearchClientOptions
        {
            Addresses = [ReadAddress(address)],
            User = result.GetValue(_user) ?? "",
            Password = ReadPassword(result.GetValue(_passwordFile)),
            ApiKey = Environment.GetEnvironmentVariable(ApiKeyVariable) ?? "",
            AuthorityFile = result.GetValue(_authority) ?? "",
        });
    }

    private static string ReadPassword(string? file) => file is null
        ? Environment.GetEnvironmentVariable(PasswordVariable) ?? ""
        : File.ReadAllText(file).TrimEnd('\r', '\n');

    private static Uri ReadAddress(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new ReaderException(
                $"'{text}' is no address; write one such as http://127.0.0.1:9200.", ExitCode.Usage);
    }
}
