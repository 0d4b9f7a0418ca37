using System.Text.Json.Nodes;

namespace Culvert.Collector.Tests.Deploy;

/// <summary>What deploy/compose says, asked of the product.</summary>
public sealed class ComposeTests
{
    private readonly JsonNode _compose = Assert.Single(DeployedFiles.Yaml("compose", "compose.yaml"));

    private JsonObject Services => _compose["services"]!.AsObject();

    private IEnumerable<KeyValuePair<string, JsonNode>> OwnServices =>
        Services.Where(service => service.Value!["build"] is not null)
            .Select(service => KeyValuePair.Create(service.Key, service.Value!));

    [Fact]
    public void Services_All_ArePinnedLimitedAndOnThisMachineAlone()
    {
        Assert.Superset(
            new HashSet<string>(["kafka", "opensearch", "dashboards", "collector", "consumer"]),
            Services.Select(service => service.Key).ToHashSet());
        foreach (var (name, service) in Services)
        {
            DeployedFiles.AssertPinned((string)service!["image"]!);
            Assert.NotNull(service["deploy"]!["resources"]!["limits"]!["memory"]);
            Assert.NotNull(service["deploy"]!["resources"]!["limits"]!["cpus"]);
            var health = service["healthcheck"]!;
            Assert.True(health["disable"] is not null || (string)health["test"]![0]! == "CMD", name);
            foreach (var port in service["ports"]?.AsArray() ?? [])
                Assert.StartsWith("127.0.0.1:", (string)port!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void OwnServices_All_HaveNoRights()
    {
        Assert.NotEmpty(OwnServices);
        foreach (var (_, service) in OwnServices)
        {
            Assert.Equal($"{DeployedFiles.User}:{DeployedFiles.User}", (string)service["user"]!);
            Assert.Equal("true", (string)service["read_only"]!);
            Assert.Equal(["ALL"], DeployedFiles.Texts(service["cap_drop"]));
            Assert.Contains("no-new-privileges:true", DeployedFiles.Texts(service["security_opt"]));
            var build = service["build"]!;
            var context = Path.GetFullPath((string)build["context"]!, DeployedFiles.PathOf("compose"));
            Assert.True(File.Exists(Path.Combine(context, (string)build["dockerfile"]!)));
        }
    }

    [Fact]
    public void OwnServices_All_AreCalledAsTheCommandLineTakesIt()
    {
        foreach (var (_, service) in OwnServices)
        {
            DeployedFiles.AssertCommandLine(DeployedFiles.Texts(service["command"]));
            if (service["healthcheck"]!["test"] is not { } test) continue;
            Assert.Equal(["CMD", "culvert"], DeployedFiles.Texts(test).Take(2));
            DeployedFiles.AssertCommandLine(DeployedFiles.Texts(test).Skip(2));
        }
    }

    [Fact]
    public void Configurations_All_AreTakenAndStandWhereTheCommandLooks()
    {
        var files = _compose["configs"]!.AsObject();
        foreach (var (_, service) in OwnServices.Where(service => service.Value["configs"] is not null))
        {
            var config = Assert.Single(service["configs"]!.AsArray())!;
            Assert.Contains((string)config["target"]!, DeployedFiles.Texts(service["command"]));
            var file = DeployedFiles.PathOf("compose", (string)files[(string)config["source"]!]!["file"]!);
            Assert.Empty(DeployedFiles.Problems(File.ReadAllText(file)));
        }

        Assert.Equal(files.Count, OwnServices.Count(service => service.Value["configs"] is not null));
    }

    [Fact]
    public void Names_All_AreThere()
    {
        var volumes = _compose["volumes"]!.AsObject().Select(volume => volume.Key).ToList();
        foreach (var (name, service) in Services)
        {
            foreach (var volume in service!["volumes"]?.AsArray() ?? [])
                Assert.Contains(((string)volume!).Split(':')[0], volumes);
            foreach (var (other, depends) in service["depends_on"]?.AsObject() ?? [])
            {
                Assert.True(Services.ContainsKey(other), $"{name} depends on {other}, which is not there.");
                var hasHealth = Services[other]!["healthcheck"]!["test"] is not null;
                Assert.True(
                    hasHealth || (string)depends!["condition"]! == "service_completed_successfully",
                    $"{name} waits for the health of {other}, which says nothing of it.");
            }
        }
    }

    [Fact]
    public void File_AsAWhole_HoldsNoSecret()
    {
        foreach (var file in Directory.GetFiles(DeployedFiles.PathOf("compose")))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotMatch(@"(?i)(passw(or)?d|secret|token|api_?key)\w*\s*[:=]\s*\S", text);
        }
    }
}
