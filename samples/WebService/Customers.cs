using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Culvert.Samples.WebService;

/// <summary>Makes a little traffic over HTTP, so that the sample has something to log by itself.</summary>
internal sealed class Customers(
    IServer server, IHttpClientFactory clients, IHostApplicationLifetime lifetime, ILogger<Customers> logger) : BackgroundService
{
    private static readonly string[] Items = ["tea", "coffee", "cups", "spoons"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        using var registration = lifetime.ApplicationStarted.Register(() => started.SetResult());
        await started.Task.WaitAsync(stoppingToken);
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        logger.LogInformation("The shop is open at {Address}", address);

        using var client = clients.CreateClient();
        client.BaseAddress = new Uri(address);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var visit = 1; await timer.WaitForNextTickAsync(stoppingToken); visit++) await VisitAsync(client, visit, stoppingToken);
    }

    private async Task VisitAsync(HttpClient client, int visit, CancellationToken stoppingToken)
    {
        try
        {
            var (item, count) = (Items[Random.Shared.Next(Items.Length)], Random.Shared.Next(1, 60));
            using var answer = await client.PostAsync($"/orders?item={item}&count={count}", null, stoppingToken);
            logger.LogDebug("Visit {Visit} was answered with {Status}", visit, (int)answer.StatusCode);
            if (visit % 9 == 0) await client.GetAsync($"/orders/{visit * 1_000}", stoppingToken);
        }
        catch (HttpRequestException exception)
        {
            logger.LogError(exception, "Visit {Visit} failed", visit);
        }
    }
}
