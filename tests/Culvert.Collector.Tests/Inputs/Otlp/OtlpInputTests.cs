using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Inputs.Http;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Otlp;

public sealed class OtlpInputTests
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    [Fact]
    public async Task Post_RecordWithEverything_IsKeptWhole()
    {
        await using var host = await InputHost.StartAsync();
        using var response = await host.PostAsync("/v1/logs", Request(Everything), Protobuf);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Protobuf, response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(InputHost.Token));
        var record = Assert.Single(host.Intake.Records);
        Assert.Equal("127.0.0.1", record.Origin["peer.address"]);
        Assert.Equal("otlp", record.Origin["input"]);
        AssertEverything(record);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Post_CompressedBody_IsDecompressed(string encoding)
    {
        await using var host = await InputHost.StartAsync();
        using var response = await host.PostAsync("/v1/logs", Compress(Request(Everything), encoding), Protobuf,
            encoding);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertEverything(Assert.Single(host.Intake.Records));
    }

    [Fact]
    public async Task Post_JsonInCamelCase_IsKeptLikeProtobuf()
    {
        await using var host = await InputHost.StartAsync();
        using var response = await host.PostAsync("/v1/logs", Encoding.UTF8.GetBytes(OtlpJsonTests.Everything), Json);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("{}", await response.Content.ReadAsStringAsync(InputHost.Token));
        AssertEverything(Assert.Single(host.Intake.Records));
    }

    [Fact]
    public async Task Post_HalfABody_IsRefusedWithStatusAndOthersGoOn()
    {
        await using var host = await InputHost.StartAsync();
        var whole = Request(Everything);
        using var half = await host.PostAsync("/v1/logs", whole[..(whole.Length / 2)], Protobuf);
        using var broken = await host.PostAsync("/v1/logs", "{\"resourceLogs\":[{"u8.ToArray(), Json);
        using var good = await host.PostAsync("/v1/logs", whole, Protobuf);

        Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);
        Assert.Equal(8, (await half.Content.ReadAsByteArrayAsync(InputHost.Token))[0]);
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.Contains("\"code\":3", await broken.Content.ReadAsStringAsync(InputHost.Token));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        Assert.Single(host.Intake.Records);
        Assert.Equal(2, host.RefusedWith("otlp", 400));
    }

    [Fact]
    public async Task Post_ClientGoesAwayInTheBody_OthersGoOn()
    {
        await using var host = await InputHost.StartAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port, InputHost.Token);
            var head = $"POST /v1/logs HTTP/1.1\r\nHost: {host.Address.Authority}\r\nContent-Type: {Protobuf}\r\n"
                + "Content-Length: 5000\r\n\r\nab";
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), InputHost.Token);
            socket.Client.Shutdown(SocketShutdown.Send);

            // The server closes or resets; either says that it is done with this client.
            var answer = new byte[64];
            await Record.ExceptionAsync(() => stream.ReadAtLeastAsync(answer, 1, false, InputHost.Token).AsTask());
        }

        using var good = await host.PostAsync("/v1/logs", Request(Everything), Protobuf);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        Assert.Single(host.Intake.Records);
    }

    [Fact]
    public async Task Post_ZipBomb_IsRefusedAtTheLimit()
    {
        await using var host = await InputHost.StartAsync();
        var bomb = Compress(new byte[HttpInputLimits.DecompressedBytesMax + 1], "gzip");
        Assert.True(bomb.Length < HttpInputLimits.BodyBytesMax);
        using var response = await host.PostAsync("/v1/logs", bomb, Protobuf, "gzip");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(1, host.RefusedWith("otlp", 413));
        Assert.Empty(host.Intake.Records);
    }

    [Fact]
    public async Task Post_CutGzip_IsRefused()
    {
        await using var host = await InputHost.StartAsync();
        var gzip = Compress(Request(Everything), "gzip");
        using var response = await host.PostAsync("/v1/logs", gzip[..(gzip.Length / 2)], Protobuf, "gzip");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(host.Intake.Records);
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData(Protobuf, "zstd")]
    public async Task Post_UnknownTypeOrEncoding_IsAnswered415(string type, string? encoding)
    {
        await using var host = await InputHost.StartAsync();
        using var response = await host.PostAsync("/v1/logs", [1, 2, 3], type, encoding);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Post_IntakeIsFull_IsAskedToComeAgain()
    {
        await using var host = await InputHost.StartAsync();
        host.Intake.Answer = IntakeStatus.Full;
        using var full = await host.PostAsync("/v1/logs", Request(Everything), Protobuf);
        host.Intake.Answer = IntakeStatus.Durable;
        using var later = await host.PostAsync("/v1/logs", Request(Everything), Protobuf);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        Assert.NotNull(full.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal(1UL, Assert.Single(host.Intake.Records).Sequence);
    }

    [Fact]
    public async Task Post_FsyncIsUnderWay_IsAnsweredOnlyAfterIt()
    {
        await using var host = await InputHost.StartAsync();
        var gate = host.Intake.Hold();
        var request = host.PostAsync("/v1/logs", Request(Everything), Protobuf);
        while (host.Intake.CallCount == 0) await Task.Yield();
        Assert.False(request.IsCompleted);
        gate.SetResult();
        using var response = await request;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Post_RecordOverTheLimit_IsRefusedAloneAndSaidSo()
    {
        await using var host = await InputHost.StartAsync();
        var text = new string('x', RecordLimits.StringBytesMax);
        var request = Request(Everything, record =>
        {
            for (var i = 0; i < 6; i++) record.Pair(6, $"k{i}", value => value.Text(1, text));
        });
        using var response = await host.PostAsync("/v1/logs", request, Protobuf);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var partial = await response.Content.ReadAsByteArrayAsync(InputHost.Token);
        Assert.Equal(0x0A, partial[0]);
        Assert.Equal(1, host.DroppedBy("otlp", DropReason.TooLong));
        Assert.Equal([0x08, 0x01], partial[2..4]);
        AssertEverything(Assert.Single(host.Intake.Records));
    }

    [Fact]
    public async Task Stop_RequestUnderWay_WaitsForItAndRefusesTheNext()
    {
        await using var host = await InputHost.StartAsync();
        var gate = host.Intake.Hold();
        var request = host.PostAsync("/v1/logs", Request(Everything), Protobuf);
        while (host.Intake.CallCount == 0) await Task.Yield();
        var stop = host.Otlp.StopAsync(InputHost.Token).AsTask();
        using var refused = await host.PostAsync("/v1/logs", Request(Everything), Protobuf);
        Assert.False(stop.IsCompleted);
        gate.SetResult();
        await stop.WaitAsync(TimeSpan.FromSeconds(20), InputHost.Token);
        using var response = await request;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    internal static byte[] Request(params Action<ProtobufBuilder>[] records) =>
        new ProtobufBuilder().Message(1, resourceLogs =>
    {
        // The resource comes last, which is allowed.
        resourceLogs.Message(2, scopeLogs =>
        {
            foreach (var record in records) scopeLogs.Message(2, record);
            scopeLogs.Message(1, scope =>
                scope.Text(1, "Api.Orders").Text(2, "1.2").Pair(3, "team", value => value.Text(1, "blue")));
        });
        resourceLogs.Message(1, resource => resource
            .Pair(1, "service.name", value => value.Text(1, "api"))
            .Pair(1, "process.pid", value => value.Number(3, 42)));
    }).ToArray();

    internal static void Everything(ProtobufBuilder record) => record
        .Fixed64(1, 1_700_000_000_000_000_001)
        .Fixed64(11, 1_700_000_000_000_000_002)
        .Number(2, 15)
        .Text(3, "WARN3")
        .Message(5, body => body.Text(1, "took 7 ms"))
        .Pair(6, "{OriginalFormat}", value => value.Text(1, "took {Ms} ms"))
        .Pair(6, "Ms", value => value.Number(3, 7))
        .Pair(6, "negative", value => value.Number(3, unchecked((ulong)-3)))
        .Pair(6, "ratio", value => value.Fixed64(4, BitConverter.DoubleToUInt64Bits(0.5)))
        .Pair(6, "ok", value => value.Number(2, 1))
        .Pair(6, "raw", value => value.Bytes(7, [1, 2, 255]))
        .Pair(6, "none", _ => { })
        .Pair(6, "list", value => value.Message(5, list => list
            .Message(1, item => item.Text(1, "a\"b"))
            .Message(1, item => item.Number(3, 2))
            .Message(1, item => item.Message(6, map => map.Pair(1, "k", inner => inner.Number(2, 0))))))
        .Number(7, 4)
        .Fixed32(8, 1)
        .Bytes(9, Convert.FromHexString("0af7651916cd43dd8448eb211c80319c"))
        .Bytes(10, Convert.FromHexString("b7ad6b7169203331"))
        .Text(12, "order.slow");

    internal static void AssertEverything(CapturedRecord record)
    {
        Assert.Equal("api", record.Resource["service.name"]);
        Assert.Equal(42L, record.Resource["process.pid"]);
        Assert.Equal(1_700_000_000_000_000_001, record.TimeNs);
        Assert.Equal(15, (int)record.Severity);
        Assert.Equal("took 7 ms", record.Body);
        Assert.Equal("took {Ms} ms", record.Template);
        Assert.Equal("Api.Orders", record.Logger);
        Assert.Equal("order.slow", record.EventName);
        Assert.Equal("0af7651916cd43dd8448eb211c80319cb7ad6b716920333101", record.Trace);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["Ms"] = 7L,
                ["negative"] = -3L,
                ["ratio"] = 0.5,
                ["ok"] = true,
                ["raw"] = new byte[] { 1, 2, 255 },
                ["none"] = null,
                ["list"] = """["a\"b",2,{"k":false}]""",
                ["severity_text"] = "WARN3",
                ["observed_time_unix_nano"] = 1_700_000_000_000_000_002,
                ["dropped_attributes_count"] = 4L,
                ["otel.scope.version"] = "1.2",
                ["otel.scope.team"] = "blue",
            },
            record.Attributes);
    }

    private static byte[] Compress(byte[] bytes, string encoding)
    {
        var output = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(output, CompressionLevel.Fastest),
            _ => new BrotliStream(output, CompressionLevel.Fastest),
        })
        {
            stream.Write(bytes);
        }

        return output.ToArray();
    }
}
