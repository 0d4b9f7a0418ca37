using System.Text.Json;

namespace Culvert.Collector.Elasticsearch;

/// <summary>What a server answered, whole.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; mostly JSON.</param>
/// <param name="RetryAfter">How long the server asks to wait; null when it says nothing.</param>
/// <param name="Address">The server that answered.</param>
internal sealed record ElasticsearchAnswer(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter, Uri Address)
{
    private const int ReasonLengthMax = 500;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The error's type as the server names it, or empty.</summary>
    public string ErrorType => Error("type");

    /// <summary>What the server says is wrong, on one line; of what is no JSON its beginning.</summary>
    public string Reason
    {
        get
        {
            var reason = Error("reason");
            if (reason.Length == 0) reason = System.Text.Encoding.UTF8.GetString(Body.Span);
            reason = reason.ReplaceLineEndings(" ").Trim();
            return reason.Length <= ReasonLengthMax ? reason : reason[..ReasonLengthMax] + "...";
        }
    }

    /// <summary>The body as JSON; throws <see cref="ElasticsearchException"/> when it is none.</summary>
    public JsonDocument Json()
    {
        try
        {
            return JsonDocument.Parse(Body);
        }
        catch (JsonException)
        {
            throw new ElasticsearchException(
                $"What answers at {Address} is no search server: its answer is no JSON. Look at the address.", Status);
        }
    }

    private string Error(string name)
    {
        try
        {
            var reader = new Utf8JsonReader(Body.Span);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("error", out var error)) return "";
            if (error.ValueKind == JsonValueKind.String) return name == "reason" ? error.GetString()! : "";
            return error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
