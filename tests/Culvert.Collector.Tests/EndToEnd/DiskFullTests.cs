using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Culvert.Cli.Reading;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>The disk of a running collector fills up, and gets space again.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task DiskFull_ThenSpace_NothingAcknowledgedIsLostAndItRecoversByItself()
    {
        await using var collector = new RunningCollector();
        await using var disk = await SmallDisk.MountAsync(collector, "24m");
        await collector.StartAsync("--config", await SmallDisk.ConfigureAsync(collector, "1MiB"));
        await RunAsync(collector, disk);
        await collector.StopAsync();
    }

    private static async Task RunAsync(RunningCollector collector, SmallDisk disk)
    {
        var (before, during) = (StartedCollector.Word(), StartedCollector.Word());
        using var lines = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await lines.ConnectAsync(new UnixDomainSocketEndPoint(collector.SocketPath),
            TestContext.Current.CancellationToken);
        await StartedCollector.SendAsync(lines, StartedCollector.Utf8(before + "\n"));
        await UntilFoundAsync(collector, before);

        disk.Fill();
        await StartedCollector.UntilAsync(
            async () => await StatusAsync(collector, "readyz") == HttpStatusCode.ServiceUnavailable, "not ready");

        // The page and the search go on; a sender that can keep is told to, what the others sent waits in memory.
        Assert.Equal(1, await CountAsync(collector, before));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(collector, ""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(collector));
        await StartedCollector.SendAsync(lines, StartedCollector.Utf8(during + "\n"));
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var datagram = StartedCollector.Word();
        await datagrams.SendToAsync(
            StartedCollector.Utf8($"<14>app: {datagram}"), new UnixDomainSocketEndPoint(collector.SyslogPath));
        Assert.Equal(0, await CountAsync(collector, during));

        disk.MakeRoom();
        await StartedCollector.UntilAsync(
            async () => await StatusAsync(collector, "readyz") == HttpStatusCode.OK, "ready again");
        await UntilFoundAsync(collector, during);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(collector));
        Assert.Equal(1, await CountAsync(collector, during));
        await UntilFoundAsync(collector, datagram);
        Assert.True((await collector.LedgerAsync()).GetProperty("balanced").GetBoolean());
    }

    private static Task UntilFoundAsync(RunningCollector collector, string word) =>
        StartedCollector.UntilAsync(async () => await CountAsync(collector, word) == 1, $"{word} found");

    private static async Task<long> CountAsync(RunningCollector collector, string word)
    {
        await using var reader = collector.OpenReader();
        return await reader.CountAsync(new SearchTerms(word, null, null), TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningCollector collector, string path)
    {
        using var client = new HttpClient { BaseAddress = collector.Page };
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> PostAsync(RunningCollector collector)
    {
        using var client = new HttpClient { BaseAddress = collector.Page };
        using var content = new StringContent(
            """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"by otlp"}}]}]}]}
            """);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync("v1/logs", content, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
