using System.Collections;
using Culvert.Collector.Configuration;

namespace Culvert.Collector.Tests.Configuration;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_NothingWritten_GivesTheDefaults()
    {
        var configuration = Read("{}", out var problems);

        Assert.Empty(problems);
        Assert.Equal("127.0.0.1:7514", configuration.Http.Text("address"));
        var local = Assert.Single(configuration.Inputs, input => input.Name == "local");
        Assert.Equal("local://culvert", local.Text("endpoint"));
        Assert.Equal("store", Assert.Single(configuration.Outputs).Type);
        Assert.All(configuration.Values, value => Assert.Equal("default", value.Origin));
    }

    [Fact]
    public void Read_SameSettingThreeTimes_OptionWinsOverEnvironmentOverFile()
    {
        var file = Write("""{ "spool": { "maxSize": "1GiB", "maxAge": "1d" }, "http": { "address": "127.0.0.1:1" } }""");
        var problems = new List<string>();
        var variables =
            new Hashtable { ["CULVERT_SPOOL__MAXSIZE"] = "2GiB", ["CULVERT_HTTP__ADDRESS"] = "127.0.0.1:2" };

        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(
        [
            .. ConfigurationSources.ReadFile(file, problems),
            .. ConfigurationSources.ReadEnvironment(variables),
            ConfigurationSources.Option("http.address", "127.0.0.1:3", "--http"),
        ]);

        Assert.Empty(problems);
        Assert.Empty(reader.Problems);
        Assert.Equal(2L << 30, configuration.Spool.Size("maxSize"));
        Assert.Equal(TimeSpan.FromDays(1), configuration.Spool.Duration("maxAge"));
        Assert.Equal("127.0.0.1:3", configuration.Http.Text("address"));
        var origins = configuration.Values.ToDictionary(
            value => value.Path, value => value.Origin, StringComparer.Ordinal);
        Assert.Equal("environment variable CULVERT_SPOOL__MAXSIZE", origins["spool.maxSize"]);
        Assert.Equal(file, origins["spool.maxAge"]);
        Assert.Equal("option --http", origins["http.address"]);
    }

    [Theory]
    [InlineData("""{ "spol": { "maxSize": "1GiB" } }""", "no section 'spol'; did you mean 'spool'?")]
    [InlineData("""{ "spool": { "maxsise": "1GiB" } }""", "no setting 'maxsise'; did you mean 'maxSize'?")]
    [InlineData("""{ "spool": { "maxSize": "big" } }""", "spool.maxSize")]
    [InlineData("""{ "spool": { "maxAge": "5" } }""", "write one such as 5s")]
    [InlineData("""{ "spool": 5 }""", "must be an object")]
    [InlineData("""{ "inputs": { "a": { "endpoint": "local://x" } } }""", "inputs.a has no type")]
    [InlineData("""{ "inputs": { "a": { "type": "lisen" } } }""", "did you mean 'listen'?")]
    [InlineData("""{ "inputs": { "a": { "type": "listen" } } }""", "inputs.a.endpoint is missing")]
    [InlineData("""{ "inputs": { "a": { "type": "otlp", "colour": "red" } } }""", "no setting 'colour'")]
    [InlineData("""{ "inputs": { "../a": { "type": "otlp" } } }""", "letters, digits, hyphens")]
    [InlineData("""{ "http": { "address": ["a", "b"] } }""", "is a list; write one value")]
    [InlineData("""{ "spool": { "maxSize": "127MiB" } }""", "spool.segmentSize, which is '64MiB' (default)")]
    [InlineData("""{ "spool": { "maxSize": "1MiB" } }""", "which is outside 4MiB")]
    [InlineData("""{ "spool": { "segmentSize": "2KiB" } }""", "which is outside 1MiB to 1GiB")]
    [InlineData("""{ "spool": { "minFree": "0" } }""", "spool.minFree")]
    [InlineData("""{ "spool": { "maxAge": "1s" } }""", "which is outside 1m")]
    [InlineData("""{ "store": { "maxAge": "0s" } }""", "which is outside 1m")]
    [InlineData("""{ "store": { "maxSize": "1MiB" } }""", "which is outside 16MiB")]
    [InlineData("""{ "http": { "address": "somewhere" } }""", "is no address")]
    [InlineData("""{ "http": { "address": "0.0.0.0:80" } }""", "use 127.0.0.1, or set insecure: true")]
    [InlineData("""{ "inputs": { "a": { "type": "listen", "endpoint": "pigeon://x" } } }""", "No transport is")]
    [InlineData("""{ "inputs": { "a": { "type": "listen", "endpoint": "x" } } }""", "inputs.a.endpoint")]
    [InlineData("""{ "inputs": { "a": { "type": "listen", "endpoint": "tcp://0.0.0.0:1" } } }""", "say insecure: true")]
    [InlineData("""{ "inputs": { "a": { "type": "syslog", "endpoint": "unix:///x" } } }""", "syslog+unix:///path")]
    [InlineData("""{ "outputs": { "a": { "type": "store" }, "b": { "type": "store" } } }""", "outputs.b is one more")]
    [InlineData("""{ "outputs": { "a": { "type": "fiel", "path": "x" } } }""", "did you mean 'file'?")]
    [InlineData("""{ "outputs": { "a": { "type": "file" } } }""", "outputs.a.path is missing")]
    [InlineData("""{ "outputs": { "a": { "type": "collector" } } }""", "outputs.a.endpoint is missing")]
    [InlineData("""{ "outputs": { "a": { "type": "collector", "endpoint": "pigeon://x" } } }""", "No transport is")]
    [InlineData("""{ "outputs": { "a": { "type": "collector", "endpoint": "tcp://10.0.0.1:1" } } }""", "use tls://")]
    [InlineData(
        """{ "inputs": { "i": { "type": "listen", "endpoint": "local://x" } }, """
            + """ "outputs": { "a": { "type": "collector", "endpoint": "local://x" } } }""",
        "where inputs.i of this collector listens")]
    [InlineData(
        """{ "inputs": { "i": { "type": "listen", "endpoint": "local://x", "relayFrom": ["me"] } } }""",
        "say relay: true")]
    public void Read_OneThingWrong_IsOneSentenceThatNamesIt(string json, string expected)
    {
        Read(json, out var problems);

        var problem = Assert.Single(problems);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.EndsWith(problem.Contains('?', StringComparison.Ordinal) ? "?" : ".", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFile_BrokenJson_NamesTheLine()
    {
        var problems = new List<string>();
        ConfigurationSources.ReadFile(Write("{\n \"spool\": {\n  oops\n}"), problems);
        Assert.Contains("line 3", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ListenOption_TakesThePlaceOfTheDefaultEndpoint()
    {
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(
        [
            ConfigurationSources.Option("inputs.listen1.type", "listen", "--listen"),
            ConfigurationSources.Option("inputs.listen1.endpoint", "unix:///tmp/a.sock", "--listen"),
        ]);

        Assert.Empty(reader.Problems);
        Assert.Equal(["clef", "journal", "listen1", "otlp"], configuration.Inputs.Select(input => input.Name).Order(
            StringComparer.Ordinal));
    }

    [Fact]
    public void Read_SyslogOption_LeavesTheDefaultEndpoint()
    {
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(
        [
            ConfigurationSources.Option("inputs.syslog1.type", "syslog", "--listen"),
            ConfigurationSources.Option("inputs.syslog1.endpoint", "syslog+unix:///tmp/a.sock", "--listen"),
        ]);

        Assert.Empty(reader.Problems);
        Assert.Contains(configuration.Inputs, input => input.Name == "local");
    }

    [Fact]
    public void Read_AnyRandomText_NeverThrows()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] parts = ["{", "}", "[", "]", "\"spool\"", "\"inputs\"", ":", ",", "\"type\"", "\"listen\"", "1",
            "null", "true", "\"\""];
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(20)).Select(_ => parts[random.Next(parts.Length)]));
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {text}");
            Read(text, out _);
        }
    }

    private CollectorConfiguration Read(string json, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        var written = ConfigurationSources.ReadFile(Write(json), found);
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(written);
        problems = [.. found, .. reader.Problems];
        return configuration;
    }

    private string Write(string json)
    {
        var path = Path.Combine(_folder, "culvert.json");
        File.WriteAllText(path, json);
        return path;
    }
}
