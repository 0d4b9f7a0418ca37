using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>The door of the mechanisms that are built for Linux so far.</summary>
internal static class LinuxOnly
{
    public static void Check(Endpoint endpoint)
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess) return;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"'{endpoint.Scheme}://' is built for 64-bit Linux alone so far; on this system use tcp:// or mem://.");
    }
}
