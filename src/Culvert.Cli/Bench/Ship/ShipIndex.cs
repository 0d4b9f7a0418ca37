using System.Globalization;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Cli.Bench.Ship;

/// <summary>Looks into the indices of one prefix. An <c>_id</c> is there once, so their count is that of the
/// identities.</summary>
internal sealed class ShipIndex(Uri server, string prefix) : IDisposable
{
    private readonly ElasticsearchClient _client = new(new ElasticsearchClientOptions { Addresses = [server] });

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await AskAsync(HttpMethod.Post, "_refresh", cancellationToken);
        using var answer = (await AskAsync(HttpMethod.Get, "_count", cancellationToken)).Json();
        return answer.RootElement.GetProperty("count").GetInt64();
    }

    /// <summary>Waits until there are so many documents, or no more have come for half a minute; how many there
    /// are.</summary>
    public async Task<long> WaitForAsync(
        long documents, Func<bool> isOver, Action<long> saw, CancellationToken cancellationToken)
    {
        const int IdleTicksMax = 60;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var count = 0L;
        for (var idle = 0; count < documents && idle < IdleTicksMax && !isOver(); idle++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            var now = await CountAsync(cancellationToken);
            if (now > count) idle = 0;
            count = now;
            saw(count);
        }

        return count;
    }

    public void Dispose() => _client.Dispose();

    private async Task<ElasticsearchAnswer> AskAsync(
        HttpMethod method, string what, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/{prefix}*/{what}?allow_no_indices=true");
        var answer = await _client.SendAsync(
            method, path, default, ElasticsearchClient.Json, cancellationToken);
        if (!answer.IsSuccess)
            throw new InvalidOperationException($"{server} does not tell how many documents it has: {answer.Reason}");
        return answer;
    }
}
