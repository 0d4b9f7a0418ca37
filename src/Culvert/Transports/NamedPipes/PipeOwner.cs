using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.NamedPipes;

/// <summary>
/// Whose pipe a client has reached. The pipe's descriptor says who made the name, also across machines and of processes
/// that this one may not open; the server's process says who made the instance. What is known of both must be the user
/// whom the client trusts: the number of a process may have passed to another, and a name made by the right user with
/// a wide list lets others add instances.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class PipeOwner
{
    // A SID has at most 68 bytes, and stands behind a head of 20.
    private const int DescriptorBytesMax = 128;

    // What belongs to nobody by name is its maker's default owner: the administrators for one of them, and what this
    // user's own token says.
    private static readonly HashSet<SecurityIdentifier?> DefaultOwners = Defaults();

    /// <summary>Throws WrongOwner.</summary>
    /// <param name="pipe">The client's end.</param>
    /// <param name="process">The server's, where it could be opened.</param>
    /// <param name="trusted">Who may be there.</param>
    /// <param name="endpoint">For the message.</param>
    public static void Check(
        SafePipeHandle pipe, PeerProcess? process, SecurityIdentifier trusted, Endpoint endpoint)
    {
        var owner = Of(pipe);
        if (IsTrusted(owner, process?.User, trusted)) return;
        var whose = process?.User == trusted ? null : process?.Peer.UserName;
        throw DialErrors.WrongOwner(endpoint, whose ?? owner?.Value);
    }

    /// <summary>Whether what is known, of which one at least must be, is the trusted user. A default owner, which is a
    /// group, says nothing against the user of the process.</summary>
    public static bool IsTrusted(
        SecurityIdentifier? owner, SecurityIdentifier? user, SecurityIdentifier trusted)
    {
        if (user is null) return owner == trusted;
        return user == trusted && (owner is null || owner == trusted || DefaultOwners.Contains(owner));
    }

    /// <summary>The owner in the pipe's descriptor, or null where the system does not tell.</summary>
    public static unsafe SecurityIdentifier? Of(SafePipeHandle pipe)
    {
        var buffer = new byte[DescriptorBytesMax];
        fixed (byte* descriptor = buffer)
        {
            uint bytes;
            return Advapi32.GetKernelObjectSecurity(
                pipe, Advapi32.OwnerInformation, descriptor, DescriptorBytesMax, &bytes)
                ? new RawSecurityDescriptor(buffer, 0).Owner
                : null;
        }
    }

    private static HashSet<SecurityIdentifier?> Defaults()
    {
        using var self = WindowsIdentity.GetCurrent();
        return [new SecurityIdentifier(WellKnownSidType.BuiltinAdministratorsSid, null), self.Owner];
    }
}
