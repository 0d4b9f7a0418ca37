using System.Globalization;
using System.Runtime.InteropServices;
using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>Who a local peer is, as the kernel and the system's user database say.</summary>
internal static unsafe class PeerLookup
{
    private const int NameBytesMax = 16 * 1024;

    /// <summary>The credentials that the kernel noted when the peer connected, or began to listen.</summary>
    public static Libc.Credentials? CredentialsOf(SocketHandle socket)
    {
        Libc.Credentials credentials;
        var length = (uint)sizeof(Libc.Credentials);
        return Libc.GetOption(socket, Libc.LevelSocket, Libc.OptionPeerCredentials, &credentials, &length) == 0
            ? credentials
            : null;
    }

    /// <summary>Every group of the peer, as the kernel noted them.</summary>
    public static IReadOnlyList<uint> GroupsOf(SocketHandle socket)
    {
        const int GroupsMax = 1024;
        var groups = stackalloc uint[GroupsMax];
        uint length = GroupsMax * sizeof(uint);
        return Libc.GetOption(socket, Libc.LevelSocket, Libc.OptionPeerGroups, groups, &length) == 0
            ? new ReadOnlySpan<uint>(groups, (int)(length / sizeof(uint))).ToArray()
            : [];
    }

    public static Peer PeerOf(Libc.Credentials credentials) => new()
    {
        ProcessId = credentials.ProcessId > 0 ? credentials.ProcessId : null,
        UserId = credentials.UserId,
        GroupId = credentials.GroupId,
        UserName = UserName(credentials.UserId),
        ExecutablePath = ExecutableOf(credentials.ProcessId),
        IsLocal = true,
    };

    /// <summary>A process by its number, with the user it acts as; nothing but the number when it is gone.</summary>
    public static Peer OfProcess(int processId)
    {
        try
        {
            // The second of four numbers is the effective one (proc_pid_status(5)).
            uint userId = 0, groupId = 0;
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status");
            foreach (var line in File.ReadLines(path))
            {
                if (line.StartsWith("Uid:", StringComparison.Ordinal)) userId = SecondOf(line);
                if (line.StartsWith("Gid:", StringComparison.Ordinal)) groupId = SecondOf(line);
            }

            return PeerOf(new Libc.Credentials { ProcessId = processId, UserId = userId, GroupId = groupId });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Peer { ProcessId = processId, IsLocal = true };
        }

        static uint SecondOf(string line) => uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
    }

    public static string? UserName(uint userId)
    {
        Libc.Passwd entry;
        Libc.Passwd* result;
        var buffer = stackalloc byte[NameBytesMax];
        return Libc.GetUserById(userId, &entry, buffer, NameBytesMax, &result) == 0 && result is not null
            ? Marshal.PtrToStringUTF8((nint)entry.Name)
            : null;
    }

    /// <summary>The number of a user given by name or number, or null when there is no such user.</summary>
    public static uint? UserId(string nameOrNumber)
    {
        if (uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        Libc.Passwd entry;
        Libc.Passwd* result;
        var buffer = stackalloc byte[NameBytesMax];
        return Libc.GetUserByName(nameOrNumber, &entry, buffer, NameBytesMax, &result) == 0 && result is not null
            ? entry.UserId
            : null;
    }

    /// <summary>The number of a group given by name or number, or null when there is no such group.</summary>
    public static uint? GroupId(string nameOrNumber)
    {
        if (uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        Libc.Group entry;
        Libc.Group* result;
        var buffer = stackalloc byte[NameBytesMax];
        return Libc.GetGroupByName(nameOrNumber, &entry, buffer, NameBytesMax, &result) == 0 && result is not null
            ? entry.GroupId
            : null;
    }

    private static string? ExecutableOf(int processId)
    {
        if (processId <= 0) return null;
        if (processId == Environment.ProcessId) return Environment.ProcessPath;
        try
        {
            var link = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/exe");
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Another user's process, or one that is gone.
        }
    }
}
