using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Culvert.Collector.Tests.Spool;
using Culvert.Framing;
using Culvert.Shipping;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>Whatever a client does, it has one counted outcome, and the other clients go on being served.</summary>
public sealed class BadInputTests(StartedCollector started) : IClassFixture<StartedCollector>
{
    private const string Native = "listen1";
    private const string Syslog = "syslog1";

    [Fact]
    public async Task LongLine_BeyondTheLimit_IsCutAndCounted()
    {
        var word = StartedCollector.Word();
        await AssertCountedAsync(Native, "mended", "cut", () => started.SendLinesAsync(
            [.. StartedCollector.Utf8(word + " "), .. Enumerable.Repeat((byte)'x', 2 << 20)]));
        await started.UntilFoundAsync(word);
    }

    [Fact]
    public async Task InvalidUtf8_InALine_IsMendedAndCounted()
    {
        var word = StartedCollector.Word();
        await AssertCountedAsync(Native, "mended", "invalidText", () => started.SendLinesAsync(
            [.. StartedCollector.Utf8(word + " "), 0xFF, 0xFE, (byte)'!']));
        await started.UntilFoundAsync(word);
    }

    [Fact]
    public async Task BrokenJson_InALine_IsKeptAsTextAndCounted()
    {
        var word = StartedCollector.Word();
        await AssertCountedAsync(Native, "mended", "brokenJson", () => started.SendLinesAsync(
            StartedCollector.Utf8($"{{\"message\":\"{word}\",\"level\":")));
        await started.UntilFoundAsync(word);
    }

    [Fact]
    public async Task BrokenSyslog_Datagram_IsKeptAsTextAndCounted()
    {
        var word = StartedCollector.Word();
        await AssertCountedAsync(Syslog, "mended", "brokenSyslog", async () =>
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            await socket.SendToAsync(
                StartedCollector.Utf8($"<999>{word}"), new UnixDomainSocketEndPoint(started.Collector.SyslogPath));
        });
        await started.UntilFoundAsync(word);
    }

    [Fact]
    public async Task OtlpBody_HalfOfIt_IsRefusedAndCounted() =>
        await AssertCountedAsync("otlp", "refusedRequests", "400", async () =>
        {
            // Field 1 (resource_logs) announces 127 bytes, of which two come.
            Assert.Equal(HttpStatusCode.BadRequest, await PostOtlpAsync([0x0A, 0x7F, 0x0A, 0x00], encoding: null));
        });

    [Fact]
    public async Task OtlpRequest_OfAnotherType_IsARefusedRequestAndNoRecord()
    {
        var before = (await started.Collector.LedgerAsync()).GetProperty("total").GetProperty("received").GetInt64();
        await AssertCountedAsync("otlp", "refusedRequests", "415", async () =>
        {
            using var client = new HttpClient { BaseAddress = started.Collector.Page };
            using var response = await client.PostAsync("v1/logs", null, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        });

        // The two lines that AssertCountedAsync itself sends are all that came.
        var total = (await started.Collector.LedgerAsync()).GetProperty("total");
        Assert.Equal(before + 1, total.GetProperty("received").GetInt64());
        using var metrics = new HttpClient { BaseAddress = started.Collector.Page };
        Assert.Contains("culvert_requests_refused_total{input=\"otlp\",status=\"415\"} 1",
            await metrics.GetStringAsync("metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var (_, text) = await RunningCollector.RunToolAsync("stats", "--http", started.Collector.Page.ToString());
        Assert.Contains("refused", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtlpBody_ThatEndsEarly_IsCountedAndTheNextIsServed() =>
        await AssertCountedAsync("otlp", "refusedRequests", "400", async () =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, started.Collector.Page.Port,
                TestContext.Current.CancellationToken);
            await StartedCollector.SendAsync(socket, StartedCollector.Utf8(
                $"POST /v1/logs HTTP/1.1\r\nHost: localhost:{started.Collector.Page.Port}\r\n"
                + "Content-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\nhalf"));
            socket.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(socket);
        });

    [Fact]
    public async Task OtlpBody_ZipBomb_IsRefusedAndCounted() =>
        await AssertCountedAsync("otlp", "refusedRequests", "413", async () =>
        {
            using var bomb = new MemoryStream();
            await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
            {
                var zeros = new byte[1 << 20];
                for (var i = 0; i < 200; i++) await gzip.WriteAsync(zeros, TestContext.Current.CancellationToken);
            }

            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostOtlpAsync(bomb.ToArray(), "gzip"));
        });

    [Fact]
    public async Task NativeProtocol_LengthOfTwoGigabytes_IsRefusedAndCounted() =>
        await AssertCountedAsync(Native, "dropped", "malformed", async () =>
        {
            using var socket = await started.ConnectAsync();
            await StartedCollector.SendAsync(socket, (byte[])[.. LogProtocol.Preface, 0xFF, 0xFF, 0xFF, 0x7F, 1, 0,
                0, 0]);
            var answer = await ReadToEndAsync(socket);
            Assert.Equal((byte)LogFrameType.Error, answer[FrameLayout.TypeOffset]);
        });

    [Fact]
    public async Task NativeClient_ThatNeverReads_IsMadeToWaitAndWhatArrivedIsCounted()
    {
        const int Batches = 20_000;
        var service = StartedCollector.Word();
        using var socket = await started.ConnectAsync();
        socket.ReceiveBufferSize = 1;
        var output = new ArrayBufferWriter<byte>();
        output.Write(LogProtocol.Preface);
        LogFrames.WriteHello(output, Guid.NewGuid().ToByteArray(), 1);
        for (var i = 1UL; i <= Batches; i++)
        {
            byte[] payload = [.. BitConverter.GetBytes(i), .. TestBatch.Of(i, 1, service)];
            FrameWriter.Write(output, (byte)LogFrameType.Batch, payload);
        }

        var sending = StartedCollector.SendAsync(socket, output.WrittenMemory);
        await started.UntilFoundAsync($"service:{service}");
        await AssertOthersAreServedAsync();
        socket.Close();
        await sending.ContinueWith(_ => { }, TaskScheduler.Default)
            .WaitAsync(RunningCollector.Timeout, TestContext.Current.CancellationToken);

        // The ledger and a search agree on what arrived before the client was gone.
        await StartedCollector.UntilAsync(
            async () => await ReceivedAsync(service) == await started.CountAsync($"service:{service}"),
                "received is found");
    }

    [Fact]
    public async Task HttpClient_ThatNeverReads_LeavesTheOthersAlone()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };
        await socket.ConnectAsync(IPAddress.Loopback, started.Collector.Page.Port,
            TestContext.Current.CancellationToken);
        await StartedCollector.SendAsync(socket, StartedCollector.Utf8(
            $"GET /api/tail HTTP/1.1\r\nHost: localhost:{started.Collector.Page.Port}\r\n\r\n"));
        var word = StartedCollector.Word();
        var line = StartedCollector.Utf8($"{word} {new string('x', 16_000)}");
        await started.SendLinesAsync([.. Enumerable.Repeat(line, 500)]);

        await started.UntilFoundAsync(word, 500);
        await AssertOthersAreServedAsync();
    }

    [Theory]
    [InlineData("1970-01-01T00:00:01Z", "1970")]
    [InlineData("2099-12-31T23:59:59Z", "2099")]
    public async Task Clock_FarAway_IsFoundByItsTimeAndTheHistogramIsSane(string time, string year)
    {
        var word = StartedCollector.Word();
        await started.SendLinesAsync(
            StartedCollector.Utf8($"{{\"time\":\"{time}\",\"level\":\"error\",\"message\":\"{word} far\"}}"),
            StartedCollector.Utf8($"{word} now"));
        await started.UntilFoundAsync(word, 2);

        var next = int.Parse(year, System.Globalization.CultureInfo.InvariantCulture) + 1;
        var inYear = await started.GetJsonAsync(
            $"api/count?q={word}&from={year}-01-01T00:00:00Z&to={next}-01-01T00:00:00Z");
        Assert.Equal(1, inYear.GetProperty("count").GetInt64());
        var far = await HistogramAsync($"q={word}&from={year}-01-01T00:00:00Z&to={next}-01-01T00:00:00Z");
        Assert.Equal(1, far);
        // Over everything, one wrong clock does not squeeze all the others into one bucket: it is left aside.
        Assert.Equal(1, await HistogramAsync($"q={word}"));
        await AssertOthersAreServedAsync();
    }

    private async Task<long> HistogramAsync(string parameters)
    {
        var histogram = await started.GetJsonAsync($"api/histogram?{parameters}&buckets=60");
        var buckets = histogram.GetProperty("buckets").EnumerateArray().ToList();
        Assert.InRange(buckets.Count, 1, 60);
        var total = histogram.GetProperty("total").GetInt64();
        Assert.Equal(total, buckets.Sum(bucket => bucket.EnumerateObject().Sum(level => level.Value.GetInt64())));
        return total;
    }

    private async Task<long> ReceivedAsync(string service) => (await started.Collector.LedgerAsync())
        .GetProperty("sources").EnumerateArray()
        .Single(source => source.GetProperty("name").GetString() == service).GetProperty("received").GetInt64();

    /// <summary>Does it, and waits until the ledger has counted one more, while another client is served.</summary>
    private async Task AssertCountedAsync(string input, string kind, string reason, Func<Task> abuse)
    {
        using var other = await started.ConnectAsync();
        var before = await started.NumberAsync(input, kind, reason);
        await abuse();
        await StartedCollector.UntilAsync(
            async () => await started.NumberAsync(input, kind, reason) == before + 1,
                $"{kind} {reason} of {input} + 1");
        await AssertServedAsync(other);
    }

    private async Task AssertOthersAreServedAsync()
    {
        using var other = await started.ConnectAsync();
        await AssertServedAsync(other);
    }

    private async Task AssertServedAsync(Socket other)
    {
        var word = StartedCollector.Word();
        await StartedCollector.SendAsync(other, StartedCollector.Utf8($"{word} goes on\n"));
        await started.UntilFoundAsync(word);
    }

    private async Task<HttpStatusCode> PostOtlpAsync(byte[] body, string? encoding)
    {
        using var client = new HttpClient { BaseAddress = started.Collector.Page };
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        using var response = await client.PostAsync("v1/logs", content, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var (answer, buffer) = (new List<byte>(), new byte[4096]);
        while (true)
        {
            try
            {
                var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken)
                    .AsTask().WaitAsync(RunningCollector.Timeout, TestContext.Current.CancellationToken);
                if (read == 0) return [.. answer];
                answer.AddRange(buffer.AsSpan(0, read));
            }
            catch (SocketException)
            {
                return [.. answer];
            }
        }
    }
}
