namespace Culvert.Collector.Inputs;

/// <summary>What the machine of this collector is called in what it records.</summary>
internal static class HostName
{
    /// <summary>In a container the system's own name is the container's, which is another after each restart; who runs
    /// it knows the machine's.</summary>
    public const string Variable = "CULVERT_HOST";

    public static string Own { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : Environment.MachineName;
}
