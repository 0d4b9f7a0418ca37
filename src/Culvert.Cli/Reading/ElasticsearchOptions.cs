using System.CommandLine;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Cli.Reading;

/// <summary>Which search server a command asks.</summary>
internal sealed class ElasticsearchOptions
{
    public const string IndexDefault = "culvert-*";

    private readonly Option<string?> _address;

    private readonly Option<string> _index = new("--index")
    {
        Description = "Indices to read, a name or pattern", HelpName = "PATTERN",
        DefaultValueFactory = _ => IndexDefault,
    };

    private readonly SearchServerOptions _access = new();

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
        command.Options.Add(_address);
        command.Options.Add(_index);
        _access.AddTo(command);
    }

    public string Index(ParseResult result) => result.GetValue(_index) ?? IndexDefault;

    /// <summary>The server, or null when none was named; throws <see cref="ReaderException"/> or
    /// <see cref="ElasticsearchException"/> with a sentence.</summary>
    public ElasticsearchClient? Connect(ParseResult result) =>
        result.GetValue(_address) is { } address ? _access.Connect(result, address) : null;
}
