using System.CommandLine;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Cli.Reading;

/// <summary>As whom a command speaks to a search server. Secrets come from files or the environment: the arguments of a
/// process are seen by everyone on the machine.</summary>
internal sealed class SearchServerOptions
{
    private const string PasswordVariable = "CULVERT_ELASTICSEARCH_PASSWORD";
    private const string ApiKeyVariable = "CULVERT_ELASTICSEARCH_API_KEY";
    private const string TokenVariable = "CULVERT_ELASTICSEARCH_TOKEN";

    private readonly Option<string?> _user = new("--user")
    {
        Description = $"User of the search server; the password is taken from ${PasswordVariable} or "
            + $"--password-file. Without a user, an API key is taken from ${ApiKeyVariable}, or a bearer token from "
            + $"${TokenVariable}",
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

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_user, _passwordFile, _authority]) command.Options.Add(option);
    }

    /// <summary>A client; throws <see cref="ReaderException"/> or <see cref="ElasticsearchException"/> with a
    /// sentence.</summary>
    public ElasticsearchClient Connect(ParseResult result, string address)
    {
        var user = result.GetValue(_user) ?? "";
        return new ElasticsearchClient(new ElasticsearchClientOptions
        {
            Addresses = [ReadAddress(address)],
            User = user,
            Password = ElasticsearchAccess.Secret(
                result.GetValue(_passwordFile) is null ? Variable(PasswordVariable) : "",
                result.GetValue(_passwordFile) ?? ""),
            ApiKey = user.Length > 0 ? "" : Variable(ApiKeyVariable),
            BearerToken = user.Length > 0 ? "" : Variable(TokenVariable),
            AuthorityFile = result.GetValue(_authority) ?? "",
        });
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";

    private static Uri ReadAddress(string text)
    {
        try
        {
            return ElasticsearchAccess.ParseAddress(
                text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}");
        }
        catch (FormatException exception)
        {
            throw new ReaderException(exception.Message, ExitCode.Usage);
        }
    }
}
