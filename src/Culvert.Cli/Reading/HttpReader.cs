using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Collector.Store;

namespace Culvert.Cli.Reading;

/// <summary>Reads from a collector that runs, over its API.</summary>
internal sealed class HttpReader : ICollectorReader
{
    private const int PageRecordsMax = 10_000;

    private readonly HttpClient _client;
    private readonly RecordJsonReader _records = new();

    public HttpReader(Uri address, string? token)
    {
        _client = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<IReadOnlyList<string>> SearchAsync(
        SearchTerms terms, int limit, RecordVisitor visit, CancellationToken cancellationToken)
    {
        // The collector answers a page at a time, and the summary of each says where the next begins.
        var parameters = Parameters(terms);
        while (true)
        {
            var summary = await SearchPageAsync(
                $"{parameters}&limit={Math.Min(limit, PageRecordsMax)}", visit, cancellationToken);
            limit -= summary.GetProperty("found").GetInt32();
            if (limit <= 0 || !summary.TryGetProperty("next", out var next)) return ReadNotes(summary);
            parameters = $"{Parameters(terms)}&before={next.GetString()}";
        }
    }

    public async Task<long> CountAsync(SearchTerms terms, CancellationToken cancellationToken)
    {
        using var response = await GetAsync($"api/count?{Parameters(terms)}", cancellationToken);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return answer.RootElement.GetProperty("count").GetInt64();
    }

    public async Task TailAsync(
        string query, RecordVisitor visit, Action<long> skipped, CancellationToken cancellationToken)
    {
        using var response = await GetAsync($"api/tail?q={Uri.EscapeDataString(query)}", cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        var kind = "";
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) kind = line[7..];
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            if (kind == "record") _records.Read(Encoding.UTF8.GetBytes(line[6..]), visit);
            if (kind == "skipped") skipped(JsonDocument.Parse(line[6..]).RootElement.GetProperty("count").GetInt64());
        }

        throw new ReaderException("The collector ended.");
    }

    public async Task<byte[]> StatsAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("api/stats", cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public async Task CheckReadyAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("readyz", cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Parameters(SearchTerms terms)
    {
        var text = $"q={Uri.EscapeDataString(terms.Query)}";
        if (terms.From is not null) text += $"&from={Uri.EscapeDataString(terms.From)}";
        if (terms.To is not null) text += $"&to={Uri.EscapeDataString(terms.To)}";
        return text;
    }

    private static List<string> ReadNotes(JsonElement summary) =>
        [.. summary.GetProperty("notes").EnumerateArray().Select(
            note => note.GetProperty("message").GetString() ?? "")];

    private async Task<JsonElement> SearchPageAsync(
        string parameters, RecordVisitor visit, CancellationToken cancellationToken)
    {
        using var response = await GetAsync($"api/search?{parameters}", cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            // The last line is the summary; a stream without it was cut off.
            if (line.StartsWith("{\"summary\":", StringComparison.Ordinal))
                return JsonDocument.Parse(line).RootElement.GetProperty("summary");
            _records.Read(Encoding.UTF8.GetBytes(line), visit);
        }

        throw new ReaderException("The collector ended in the middle of its answer.");
    }

    private async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new ReaderException($"No collector answers at {_client.BaseAddress}: {exception.Message}");
        }

        if (response.IsSuccessStatusCode) return response;
        var sentence = ReadError(await response.Content.ReadAsStringAsync(cancellationToken));
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        throw new ReaderException(
            sentence ?? $"{_client.BaseAddress} answered {status}.",
            response.StatusCode == HttpStatusCode.BadRequest ? ExitCode.Usage : ExitCode.Failed);
    }

    private static string? ReadError(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.GetProperty("error").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            return null;
        }
    }
}
