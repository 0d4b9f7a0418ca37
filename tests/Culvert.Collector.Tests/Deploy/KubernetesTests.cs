using System.Text.Json.Nodes;

namespace Culvert.Collector.Tests.Deploy;

/// <summary>What deploy/kubernetes says, asked of the product; no cluster is at hand.</summary>
public sealed class KubernetesTests
{
    private readonly List<JsonNode> _objects =
    [
        .. DeployedFiles.Texts(Kustomization["resources"]).SelectMany(file => DeployedFiles.Yaml("kubernetes", file)),
    ];

    private static JsonNode Kustomization => Assert.Single(DeployedFiles.Yaml("kubernetes", "kustomization.yaml"));

    private IEnumerable<JsonNode> Workloads =>
        _objects.Where(item => (string)item["kind"]! is "DaemonSet" or "Deployment");

    [Fact]
    public void Objects_All_AreOfOneNamespaceAndListedOnce()
    {
        Assert.Equal(["DaemonSet", "Deployment"], Workloads.Select(item => (string)item["kind"]!));
        Assert.Equal(
            Directory.GetFiles(DeployedFiles.PathOf("kubernetes")).Select(Path.GetFileName).Order(),
            DeployedFiles.Texts(Kustomization["resources"]).Append("kustomization.yaml").Order());
        foreach (var item in _objects.Where(item => (string)item["kind"]! != "Namespace"))
            Assert.Equal("culvert", (string)item["metadata"]!["namespace"]!);
        Assert.Equal(
            _objects.Count,
            _objects.DistinctBy(item => ((string)item["kind"]!, (string)item["metadata"]!["name"]!)).Count());
        Assert.DoesNotContain(_objects, item => ((string)item["kind"]!).Contains("Role", StringComparison.Ordinal));
        Assert.DoesNotContain(_objects, item => (string)item["kind"]! == "Secret");
        var image = Assert.Single(Kustomization["images"]!.AsArray())!;
        DeployedFiles.AssertPinned($"{(string)image["newName"]!}:{(string)image["newTag"]!}");
    }

    [Fact]
    public void Pods_All_HaveNoRights()
    {
        foreach (var pod in Workloads.Select(Pod))
        {
            var security = pod["securityContext"]!;
            Assert.Equal("true", (string)security["runAsNonRoot"]!);
            Assert.Equal(DeployedFiles.User, (string)security["runAsUser"]!);
            Assert.Equal(DeployedFiles.User, (string)security["runAsGroup"]!);
            Assert.Equal("RuntimeDefault", (string)security["seccompProfile"]!["type"]!);
            Assert.Equal("false", (string)pod["automountServiceAccountToken"]!);
            string[] shared = ["hostNetwork", "hostPID", "hostIPC", "initContainers"];
            Assert.DoesNotContain(shared, name => pod.AsObject().ContainsKey(name));
            var account = Object("ServiceAccount", (string)pod["serviceAccountName"]!);
            Assert.Equal("false", (string)account["automountServiceAccountToken"]!);

            var container = Assert.Single(pod["containers"]!.AsArray())!;
            DeployedFiles.AssertPinned((string)container["image"]!);
            Assert.Equal("false", (string)container["securityContext"]!["allowPrivilegeEscalation"]!);
            Assert.Equal("true", (string)container["securityContext"]!["readOnlyRootFilesystem"]!);
            Assert.Equal(["ALL"], DeployedFiles.Texts(container["securityContext"]!["capabilities"]!["drop"]));
            foreach (var kind in (string[])["requests", "limits"])
            {
                Assert.NotNull(container["resources"]![kind]!["cpu"]);
                Assert.NotNull(container["resources"]![kind]!["memory"]);
            }
        }
    }

    [Fact]
    public void Selectors_All_MeetTheirPods()
    {
        foreach (var workload in Workloads)
        {
            var labels = workload["spec"]!["template"]!["metadata"]!["labels"]!;
            Assert.True(JsonNode.DeepEquals(labels, workload["spec"]!["selector"]!["matchLabels"]));
        }

        var deployment = Workloads.Last();
        var budget = Object("PodDisruptionBudget", "culvert-consumer")["spec"]!;
        Assert.True(JsonNode.DeepEquals(
            budget["selector"]!["matchLabels"], deployment["spec"]!["selector"]!["matchLabels"]));

        // A budget that lets none go would keep nodes from being drained.
        Assert.InRange(
            int.Parse((string)budget["maxUnavailable"]!), 1, int.Parse((string)deployment["spec"]!["replicas"]!) - 1);
    }

    [Fact]
    public void Mounts_All_HaveAVolumeAndNoneIsInAnother()
    {
        foreach (var pod in Workloads.Select(Pod))
        {
            var volumes = pod["volumes"]!.AsArray().Select(volume => (string)volume!["name"]!).Order();
            var mounts = pod["containers"]![0]!["volumeMounts"]!.AsArray();
            Assert.Equal(volumes, mounts.Select(mount => (string)mount!["name"]!).Order());

            // A folder to mount on cannot be made in a volume that is read-only.
            var paths = mounts.Select(mount => (string)mount!["mountPath"]! + "/").ToList();
            foreach (var path in paths)
                Assert.Single(paths, other => path.StartsWith(other, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Containers_All_AreCalledAndConfiguredAsTheProductTakesIt()
    {
        foreach (var pod in Workloads.Select(Pod))
        {
            var container = pod["containers"]![0]!;
            var arguments = DeployedFiles.Texts(container["args"]).ToList();
            DeployedFiles.AssertCommandLine(arguments);

            var volume = pod["volumes"]!.AsArray().First(volume => (string)volume!["name"]! == "config")!;
            var mounted = volume["configMap"]!;
            var mount = container["volumeMounts"]!.AsArray().First(mount => (string)mount!["name"]! == "config")!;
            Assert.Contains($"{(string)mount["mountPath"]!}/{(string)mounted["items"]![0]!["path"]!}", arguments);
            var data = Object("ConfigMap", (string)mounted["name"]!)["data"]!;
            var environment = container["env"]!.AsArray().ToDictionary(
                variable => (string)variable!["name"]!, _ => "of a secret");
            Assert.Empty(DeployedFiles.Problems((string)data[(string)mounted["items"]![0]!["key"]!]!, environment));

            // What is secret is named, never written.
            Assert.All(container["env"]!.AsArray(), variable => Assert.Null(variable!["value"]));
        }
    }

    [Fact]
    public void Probes_All_AskAPortThatIsThereWithinReason()
    {
        foreach (var container in Workloads.Select(workload => Pod(workload)["containers"]![0]!))
        {
            var port = Assert.Single(container["ports"]!.AsArray())!;
            var config = (string)Object("ConfigMap", $"culvert-{(string)container["name"]!}")["data"]!["culvert.json"]!;
            Assert.Contains($"\"0.0.0.0:{(string)port["containerPort"]!}\"", config, StringComparison.Ordinal);
            foreach (var name in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            {
                var get = container[name]!["httpGet"]!;
                Assert.Equal((string)port["name"]!, (string)get["port"]!);
                Assert.Contains((string)get["path"]!, DeployedProbeTests.Paths);
            }
        }
    }

    private static JsonNode Pod(JsonNode workload) => workload["spec"]!["template"]!["spec"]!;

    private JsonNode Object(string kind, string name) => Assert.Single(
        _objects, item => (string)item["kind"]! == kind && (string)item["metadata"]!["name"]! == name);
}
