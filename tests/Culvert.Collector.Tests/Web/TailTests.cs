using System.Globalization;
using System.Text.Json;

namespace Culvert.Collector.Tests.Web;

public sealed class TailTests
{
    [Fact]
    public async Task Tail_FromACursor_GivesWhatWasAndWhatComes()
    {
        await using var site = await LogSite.StartAsync();
        await LogApiTests.FillAsync(site, 50);
        site.StoreAll();
        await LogApiTests.FillAsync(site, 10);
        await using var tail = await TailReader.OpenAsync(site, "/api/tail?cursor=0");

        var before = await tail.ReadAsync(60);
        await LogApiTests.FillAsync(site, 5);
        var after = await tail.ReadAsync(5);

        Assert.Equal(Enumerable.Range(0, 65).Select(i => (ulong)i), before.Concat(after).Select(
            record => record.Position));
    }

    [Fact]
    public async Task Tail_WithoutCursor_BeginsAtTheEnd()
    {
        await using var site = await LogSite.StartAsync();
        await LogApiTests.FillAsync(site, 10);
        await using var tail = await TailReader.OpenAsync(site, "/api/tail");
        Assert.Equal(10u, await tail.ReadIdAsync());

        await LogApiTests.FillAsync(site, 1);

        Assert.Equal(10u, Assert.Single(await tail.ReadAsync(1)).Position);
    }

    [Fact]
    public async Task Tail_LastEventId_ResumesWithoutAGap()
    {
        await using var site = await LogSite.StartAsync();
        ulong id;
        await using (var first = await TailReader.OpenAsync(site, "/api/tail?q=level:error"))
        {
            await first.ReadIdAsync();
            await LogApiTests.FillAsync(site, 40);
            Assert.Equal([0, 10, 20, 30], (await first.ReadAsync(4)).Select(r => (int)r.Position));
            id = first.LastId;
        }

        await LogApiTests.FillAsync(site, 40);
        site.StoreAll();
        await LogApiTests.FillAsync(site, 40);
        await using var second = await TailReader.OpenAsync(site, "/api/tail?q=level:error&cursor=0", id);

        Assert.Equal([40, 50, 60, 70, 80, 90, 100, 110], (await second.ReadAsync(8)).Select(r => (int)r.Position));
    }

    [Fact]
    public async Task Tail_QueryThatFindsNothing_StillMovesTheId()
    {
        await using var site = await LogSite.StartAsync();
        await using var tail = await TailReader.OpenAsync(site, "/api/tail?q=nothingatall&cursor=0");
        await tail.ReadIdAsync();
        await LogApiTests.FillAsync(site, 25);
        while (await tail.ReadIdAsync() < 25)
        {
        }

        Assert.Equal(25u, tail.LastId);
    }

    [Fact]
    public async Task Tail_ClientGoes_GivesItsPlaceBack()
    {
        await using var site = await LogSite.StartAsync();
        var tail = await TailReader.OpenAsync(site, "/api/tail");
        await tail.ReadIdAsync();
        Assert.Equal(1, site.Host.Counters.Tails);
        await tail.DisposeAsync();

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (site.Host.Counters.Tails > 0)
        {
            await site.AddAsync("wakes the tail");
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Stop_WithATailOpen_EndsAtOnce()
    {
        var site = await LogSite.StartAsync();
        await using var tail = await TailReader.OpenAsync(site, "/api/tail");
        await tail.ReadIdAsync();
        await site.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private sealed class TailReader(HttpResponseMessage answer, StreamReader lines) : IAsyncDisposable
    {
        public ulong LastId { get; private set; }

        public static async Task<TailReader> OpenAsync(LogSite site, string path, ulong? lastEvent = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (lastEvent is { } id) request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
            var answer = await site.Client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(20));
            answer.EnsureSuccessStatusCode();
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
            return new TailReader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
        }

        public async Task<List<(ulong Position, string Body)>> ReadAsync(int count)
        {
            var records = new List<(ulong, string)>();
            while (records.Count < count)
            {
                var line = await LineAsync();
                if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
                var record = JsonDocument.Parse(line[6..]).RootElement;
                records.Add((record.GetProperty("position").GetUInt64(), record.GetProperty("body").GetString()!));
            }

            return records;
        }

        public async Task<ulong> ReadIdAsync()
        {
            while (!(await LineAsync()).StartsWith("id: ", StringComparison.Ordinal))
            {
            }

            return LastId;
        }

        public ValueTask DisposeAsync()
        {
            answer.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<string> LineAsync()
        {
            var line = await lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(20));
            Assert.NotNull(line);
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                LastId = ulong.Parse(line[4..], CultureInfo.InvariantCulture);
            return line;
        }
    }
}
