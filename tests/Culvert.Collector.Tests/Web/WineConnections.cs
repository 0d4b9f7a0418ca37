using Culvert.Collector.Web.Access;
using Culvert.Connections;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Web;

/// <summary>What takes the place of the system's table of connections where that has no owners.</summary>
internal static class WineConnections
{
    /// <summary>Why tests of the table itself skip there.</summary>
    public const string HaveNoOwner = "Wine 8 has process 0 as the owner of every connection.";

    /// <summary>Whose client it is: what the system says, or under Wine, which cannot, this user.</summary>
    public static Peer OwnerOf(System.Net.IPEndPoint? client, System.Net.IPEndPoint? server) =>
        OperatingSystem.IsWindows() && Wine.IsHere
            ? new Peer { UserSid = Transports.Windows.WindowsAccess.CurrentUser().Value }
            : LoopbackPeer.Of(client, server);
}
