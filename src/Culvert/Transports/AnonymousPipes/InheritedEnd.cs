using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Linux;

namespace Culvert.Transports.AnonymousPipes;

/// <summary>The end of a pair that is meant for a child: handles of the system, and their numbers as an
/// endpoint.</summary>
internal abstract class InheritedEnd : IDisposable
{
    /// <summary><c>inherited:</c> and the numbers.</summary>
    public abstract Endpoint Endpoint { get; }

    /// <summary>Two ends that belong together: the link of this process's, not started, and the child's.</summary>
    public static (ByteLink Link, InheritedEnd ChildEnd) CreatePair(bool inheritable)
    {
        if (OperatingSystem.IsWindows()) return HandleEnd.Create(inheritable);
        LinuxOnly.Check(Endpoint.Parse($"{InheritedTransport.SchemeName}:"));
        return DescriptorEnd.Create(inheritable);
    }

    /// <summary>The end that this process inherited under these numbers. Throws NobodyListens when there is none,
    /// AddressInUse when it was taken, InvalidEndpoint when they are no numbers.</summary>
    public static InheritedEnd Take(Endpoint endpoint)
    {
        if (OperatingSystem.IsWindows()) return HandleEnd.Open(endpoint);
        LinuxOnly.Check(endpoint);
        return DescriptorEnd.Open(endpoint);
    }

    /// <summary>The connection over this end, which owns the handles from here on.</summary>
    public abstract Connection Connect(bool isOfThisProcess);

    public abstract void Dispose();

    protected static ConnectionException NotInherited(Endpoint endpoint) => new(
        ConnectionError.NobodyListens,
        $"This process has not inherited {endpoint}; give the pair to the child when it is started.");

    protected static ConnectionException InUse(Endpoint endpoint) => new(
        ConnectionError.AddressInUse,
        $"{endpoint} is in use by this process and not inherited; each end is opened once.");
}
