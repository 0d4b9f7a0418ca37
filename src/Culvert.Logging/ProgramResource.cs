using System.Reflection;

namespace Culvert.Logging;

/// <summary>Describes this program in OpenTelemetry's resource conventions; source:
/// opentelemetry.io/docs/specs/semconv/resource.</summary>
internal static class ProgramResource
{
    public static Dictionary<string, object?> Describe(CulvertLoggerOptions options)
    {
        var program = Assembly.GetEntryAssembly();
        var resource = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["service.name"] = options.Service ?? program?.GetName().Name ?? "unknown_service",
            ["service.instance.id"] = Guid.NewGuid().ToString(),
            ["host.name"] = Environment.MachineName,
            ["process.pid"] = Environment.ProcessId,
            ["process.executable.path"] = Environment.ProcessPath,
            ["process.runtime.name"] = ".NET",
            ["process.runtime.version"] = Environment.Version.ToString(),
            ["telemetry.sdk.name"] = "culvert",
            ["telemetry.sdk.language"] = "dotnet",
            ["telemetry.sdk.version"] = VersionOf(typeof(ProgramResource).Assembly),
        };
        if (program is not null) resource["service.version"] = VersionOf(program);
        foreach (var (key, value) in options.Resource) resource[key] = value;
        return resource;
    }

    private static string? VersionOf(Assembly assembly)
    {
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        // The build may append the commit after a plus sign.
        return version?.Split('+')[0] ?? assembly.GetName().Version?.ToString();
    }
}
