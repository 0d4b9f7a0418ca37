using System.Text.Json;
using Culvert.Collector.Configuration;
using Culvert.Collector.Tests.Shipping;

namespace Culvert.Collector.Tests.Configuration;

/// <summary>What docs/ says of the configuration is what the catalog holds.</summary>
public sealed class ConfigurationDocumentTests
{
    [Fact]
    public void Schema_Committed_IsTheCatalogs() => Assert.True(
        Read("docs/culvert.schema.json") == ConfigurationSchema.Write(CollectorSettings.Catalog),
        "It is out of date: ./culvert config schema > docs/culvert.schema.json");

    [Fact]
    public void Document_EverySetting_IsInItsTables() => Assert.EndsWith(
        ConfigurationDocument.Write(CollectorSettings.Catalog), Read("docs/configuration.md") + "\n",
            StringComparison.Ordinal);

    [Fact]
    public void Schema_Defaults_HaveTheTypeOfTheirSetting()
    {
        using var schema = JsonDocument.Parse(ConfigurationSchema.Write(CollectorSettings.Catalog));
        var http = schema.RootElement.GetProperty("properties").GetProperty("http").GetProperty("properties");

        Assert.Equal(JsonValueKind.True, http.GetProperty("enabled").GetProperty("default").ValueKind);
        Assert.Equal(JsonValueKind.False, http.GetProperty("insecure").GetProperty("default").ValueKind);
    }

    [Fact]
    public void Example_Committed_HasNoProblems()
    {
        var problems = new List<string>();
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        var configuration = reader.Read(
            ConfigurationSources.ReadFile(CommandRun.InRepository("docs/culvert.example.json"), problems));

        Assert.Empty(problems);
        Assert.Empty(reader.Problems);
        Assert.Equal(
            CollectorSettings.Catalog.InputTypes.Select(type => type.Name).Order(StringComparer.Ordinal),
            configuration.Inputs.Select(input => input.Type).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Values_InputWithoutSettings_StillNamesItsType()
    {
        var configuration = new ConfigurationReader(CollectorSettings.Catalog).Read([]);

        Assert.Contains(configuration.Values, value => value is { Path: "inputs.otlp.type", Text: "otlp" });
        Assert.Contains(configuration.Values, value => value is { Path: "outputs.store.type", Text: "store" });
    }

    [Theory]
    [InlineData("""{ "spool": {} }""")]
    [InlineData("""{ "inputs": {}, "outputs": {} }""")]
    public void Read_EmptySection_IsTheSameAsNone(string json)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, json);
            var problems = new List<string>();
            var reader = new ConfigurationReader(CollectorSettings.Catalog);
            var configuration = reader.Read(ConfigurationSources.ReadFile(file, problems));

            Assert.Empty(problems);
            Assert.Empty(reader.Problems);
            Assert.Equal(4, configuration.Inputs.Count);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Read(string path) => File.ReadAllText(CommandRun.InRepository(path));
}
