using System.Security.Cryptography;
using Culvert.Records;

namespace Culvert.Shipping;

/// <summary>Who numbers the records: 16 random bytes, and the start time as the epoch.</summary>
internal sealed class ShipperIdentity(byte[] producer, ulong epoch)
{
    public byte[] Producer { get; } = producer;

    public ulong Epoch { get; } = epoch;

    public static ShipperIdentity Create(TimeProvider time) =>
        new(RandomNumberGenerator.GetBytes(16), (ulong)UnixTime.NowNs(time));
}
