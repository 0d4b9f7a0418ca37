namespace Culvert.Collector.Elasticsearch;

/// <summary>Which search server, and how to speak to it. Of the ways to say who one is, one at most.</summary>
internal sealed record ElasticsearchClientOptions
{
    /// <summary>Base addresses of one cluster; the next is tried when one is away.</summary>
    public required IReadOnlyList<Uri> Addresses { get; init; }

    /// <summary>Basic authentication.</summary>
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>As the server gave it, base64 of <c>id:key</c>.</summary>
    public string ApiKey { get; init; } = "";

    public string BearerToken { get; init; } = "";

    /// <summary>A PEM file of authorities that the server's certificate may be from, beside no others. Empty: the
    /// system's.</summary>
    public string AuthorityFile { get; init; } = "";

    /// <summary>How long an answer may take. Default: 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether bodies that are sent are compressed. Answers always may be.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Most connections to one address. Default: 8.</summary>
    public int ConnectionsMax { get; init; } = 8;
}
