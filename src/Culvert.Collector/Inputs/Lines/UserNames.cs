using System.Text;
using Culvert.Transports.Linux;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>Names of users by number, as this machine knows them, each looked up once. What has no name here keeps its
/// number. One thread at a time.</summary>
internal sealed class UserNames
{
    /// <summary>Most names kept; then they are looked up anew.</summary>
    private const int CountMax = 1_024;

    private readonly Dictionary<uint, byte[]> _names = [];

    public byte[] NameOf(uint userId)
    {
        if (_names.TryGetValue(userId, out var known)) return known;
        if (_names.Count == CountMax) _names.Clear();
        var name = OperatingSystem.IsLinux() ? PeerLookup.UserName(userId) : null;
        return _names[userId] = Encoding.UTF8.GetBytes(name ?? $"{userId}");
    }
}
