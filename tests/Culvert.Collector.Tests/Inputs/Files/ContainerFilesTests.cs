using Culvert.Collector.Inputs.Files;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Files;

public sealed class ContainerFilesTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Pass_CriPieces_AreJoinedForEachStream()
    {
        await using var files = new FilesFixture();
        files.Append($"containers/web-0_shop_till-{Id}.log", """
            2016-10-06T00:17:09.669794202Z stdout P one,
            2016-10-06T00:17:09.669794203Z stderr P err one,
            2016-10-06T00:17:09.669794204Z stdout P  two,
            2016-10-06T00:17:09.669794205Z stdout F  three
            2016-10-06T00:17:09.669794206Z stderr F:tag  err two
            2016-10-06T00:17:09.669794207Z stdout F
            2016-10-06T00:17:09.669794208Z stdout F {"level":"warn","msg":"json inside"}

            """);
        files.Start("containers/*.log");
        await files.ReadAllAsync();

        Assert.Equal(["err one, err two", "json inside", "one, two, three"], files.Bodies.Order());
        var first = files.Intake.Records.Single(record => record.Body == "one, two, three");
        Assert.Equal(1_475_713_029_669_794_202, first.TimeNs);
        Assert.Equal("stdout", first.Attributes["log.iostream"]);
        Assert.Equal("till", first.Resource["service.name"]);
        Assert.Equal("web-0", first.Resource["k8s.pod.name"]);
        Assert.Equal("shop", first.Resource["k8s.namespace.name"]);
        Assert.Equal(Id, first.Resource["container.id"]);
        Assert.Equal(Severity.Warn, files.Intake.Records.Single(record => record.Body == "json inside").Severity);
    }

    [Fact]
    public async Task Pass_DockerLines_AreUnwrappedAndJoined()
    {
        await using var files = new FilesFixture();
        files.Append($"{Id}/{Id}-json.log", """
            {"log":"half \u0022","stream":"stdout","time":"2016-10-06T00:17:09.669794202Z"}
            {"log":"done\"\r\n","stream":"stdout","time":"2016-10-06T00:17:09.669794203Z"}
            {"log":"ERROR no\n","stream":"stderr","attrs":{"a":"b"},"time":"2016-10-06T00:17:09.669794204Z"}
            {"log":"   at A.B()\n","stream":"stderr","time":"2016-10-06T00:17:09.669794205Z"}
            {"log":"other\n","stream":"stdout","time":"2016-10-06T00:17:09.669794206Z"}
            {"log":"   at C.D()\n","stream":"stderr","time":"2016-10-06T00:17:09.669794207Z"}
            broken

            """);
        files.Start("*/*-json.log");
        await files.ReadAllAsync();

        Assert.Equal(
            ["ERROR no\n   at A.B()\n   at C.D()", "broken", "half \"done\"", "other"],
                files.Bodies.Order(StringComparer.Ordinal));
        Assert.Equal(Id[..12], files.Intake.Records[0].Resource["service.name"]);
    }

    [Fact]
    public async Task Restart_WithPiecesHeldAndPositionNotSaved_NothingIsLostOrDoubled()
    {
        await using var files = new FilesFixture();
        string Line(string stream, string tag, string text) =>
            $"2016-10-06T00:17:09.669794202Z {stream} {tag} {text}\n";
        files.Append("a.log", Line("stdout", "F", "one") + Line("stderr", "P", "err ") + Line("stdout", "P", "two "));
        files.Start("*.log");
        await files.ReadAllAsync();
        var early = files.SaveState();
        files.Append("a.log", Line("stdout", "F", "end") + Line("stdout", "F", "three"));
        await files.ReadAllAsync();
        Assert.Equal(["one", "two end", "three"], files.Bodies);
        await files.KillAsync();

        files.RestoreState(early);
        files.Append("a.log", Line("stderr", "F", "end") + Line("stdout", "F", "four"));
        files.Start("*.log");
        await files.ReadAllAsync();
        Assert.Equal(["one", "two end", "three", "err end", "four"],
            files.Bodies.OrderBy(body => files.Bodies.ToList().IndexOf(body)).Take(3)
            .Concat(files.Bodies.Skip(3).Order()));
        Assert.Equal(0, files.Intake.DuplicateCount);
    }

    [Theory]
    [InlineData("/var/log/pods/shop_web-0_6d5f/till/0.log", "till", "k8s.pod.uid", "6d5f")]
    [InlineData("/var/lib/docker/containers/" + Id + "/" + Id + "-json.log", "0123456789ab", "container.id", Id)]
    public void Read_ContainerPath_NamesWhoWrote(string path, string service, string key, string value)
    {
        var attributes = ContainerPath.Read(path).ToDictionary();
        Assert.Equal(service, attributes["service.name"]);
        Assert.Equal(value, attributes[key]);
    }

    [Fact]
    public void TryRead_ChangedBytes_NeverThrows()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[][] lines =
        [
            """{"log":"half \u0022\ud83d\n","stream":"stderr","time":"2016-10-06T00:17:09.669794202Z"}"""u8.ToArray(),
            "2016-10-06T00:17:09.669794202Z stdout P text"u8.ToArray(),
        ];
        var scratch = Array.Empty<byte>();
        for (var i = 0; i < 20_000; i++)
        {
            var line = lines[i % 2].ToArray();
            line[random.Next(line.Length)] = (byte)random.Next(256);
            line = line[..random.Next(line.Length + 1)];
            ContainerLine.TryReadDocker(line, ref scratch, out _);
            ContainerLine.TryReadCri(line, out _);
        }
    }
}
