using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Culvert.Cli.Reading;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>One collector that all tests of a class share, and what they ask of it.</summary>
public sealed class StartedCollector : IAsyncLifetime
{
    internal RunningCollector Collector { get; } = new();

    public async ValueTask InitializeAsync() => await Collector.StartAsync();

    public async ValueTask DisposeAsync() => await Collector.DisposeAsync();

    /// <summary>Connects to the native endpoint, where a plain line is a record.</summary>
    internal async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Collector.SocketPath),
            TestContext.Current.CancellationToken);
        return socket;
    }

    internal async Task SendLinesAsync(params byte[][] lines)
    {
        using var socket = await ConnectAsync();
        foreach (var line in lines) await SendAsync(socket, (byte[])[.. line, (byte)'\n']);
    }

    internal static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await socket.SendAsync(bytes, TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(RunningCollector.Timeout, TestContext.Current.CancellationToken);
            bytes = bytes[sent..];
        }
    }

    internal async Task<long> CountAsync(string query)
    {
        await using var reader = Collector.OpenReader();
        return await reader.CountAsync(new SearchTerms(query, null, null), TestContext.Current.CancellationToken);
    }

    /// <summary>Polls until the question is answered with yes; the collector has no signal for a stranger.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> question, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(RunningCollector.Timeout);
        while (!await question())
        {
            Assert.False(deadline.IsCancellationRequested, $"It did not come to this in time: {what}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    internal Task UntilFoundAsync(string query, long count = 1) =>
        UntilAsync(async () => await CountAsync(query) >= count, $"{count} records of {query}");

    /// <summary>A number of an input in the ledger: "dropped" or "mended" by reason.</summary>
    internal async Task<long> NumberAsync(string input, string kind, string reason)
    {
        var ledger = await Collector.LedgerAsync();
        Assert.True(ledger.GetProperty("balanced").GetBoolean(), ledger.GetRawText());
        foreach (var element in ledger.GetProperty("inputs").EnumerateArray())
        {
            if (element.GetProperty("name").GetString() != input) continue;
            return element.GetProperty(kind).TryGetProperty(reason, out var number) ? number.GetInt64() : 0;
        }

        return 0;
    }

    internal async Task<JsonElement> GetJsonAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = Collector.Page };
        using var document = JsonDocument.Parse(await client.GetStringAsync(path,
            TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    /// <summary>A word that no other record has.</summary>
    internal static string Word() => $"w{Guid.NewGuid():N}";

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
