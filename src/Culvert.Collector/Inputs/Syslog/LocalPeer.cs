using System.Globalization;
using Culvert.Connections;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>Who sent a datagram on this machine, from the credentials that the kernel noted with it.</summary>
internal static class LocalPeer
{
    private const string UsersFile = "/etc/passwd";

    public static Peer Of(DatagramLibc.Credentials credentials) => new()
    {
        ProcessId = credentials.ProcessId > 0 ? credentials.ProcessId : null,
        UserId = credentials.UserId,
        GroupId = credentials.GroupId,
        UserName = UserName(credentials.UserId),
        ExecutablePath = Executable(credentials.ProcessId),
        IsLocal = true,
    };

    private static string? Executable(int processId)
    {
        try
        {
            var link = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/exe");
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended already, as `logger` does, or belongs to another user.
            return null;
        }
    }

    private static string? UserName(uint userId)
    {
        try
        {
            var number = userId.ToString(CultureInfo.InvariantCulture);
            return File.ReadLines(UsersFile).Select(l => l.Split(':')).FirstOrDefault(f => f.Length > 2 && f[2] == number)?[0];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
