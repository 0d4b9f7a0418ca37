using System.Text.RegularExpressions;

namespace Culvert.Collector.Inputs.Files;

/// <summary>Reads off a log file's path which container wrote it; source: Kubernetes' kubelet and Docker's json-file
/// driver. Names are OpenTelemetry's semantic conventions for resources.</summary>
internal static partial class ContainerPath
{
    /// <summary>What the path says, and the service's name with it; empty for a path that is no container's.</summary>
    public static IReadOnlyList<KeyValuePair<string, object?>> Read(string path)
    {
        path = path.Replace(Path.DirectorySeparatorChar, '/');
        if (KubernetesLink().Match(path) is { Success: true } link) return Kubernetes(link);
        if (KubernetesPod().Match(path) is { Success: true } pod) return Kubernetes(pod);
        return Docker().Match(path) is { Success: true } docker
            ? [new("container.id", docker.Groups["id"].Value), new("service.name", docker.Groups["id"].Value[..12])]
            : [];
    }

    private static List<KeyValuePair<string, object?>> Kubernetes(Match match)
    {
        List<KeyValuePair<string, object?>> attributes =
        [
            new("service.name", match.Groups["container"].Value),
            new("k8s.container.name", match.Groups["container"].Value),
            new("k8s.pod.name", match.Groups["pod"].Value),
            new("k8s.namespace.name", match.Groups["namespace"].Value),
        ];
        if (match.Groups["id"].Success) attributes.Add(new("container.id", match.Groups["id"].Value));
        if (match.Groups["uid"].Success) attributes.Add(new("k8s.pod.uid", match.Groups["uid"].Value));
        return attributes;
    }

    [GeneratedRegex(@"/containers/(?<pod>[^/_]+)_(?<namespace>[^/_]+)_(?<container>[^/]+)-(?<id>[0-9a-f]{64})\.log$")]
    private static partial Regex KubernetesLink();

    [GeneratedRegex(@"/pods/(?<namespace>[^/_]+)_(?<pod>[^/_]+)_(?<uid>[^/_]+)/(?<container>[^/]+)/\d+\.log$")]
    private static partial Regex KubernetesPod();

    [GeneratedRegex(@"/(?<id>[0-9a-f]{64})/\k<id>-json\.log$")]
    private static partial Regex Docker();
}
