using System.Globalization;
using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Linux;

namespace Culvert.Transports.AnonymousPipes;

/// <summary>On Linux: one end of each of two pipes, <c>inherited:READ,WRITE</c>.</summary>
internal sealed class DescriptorEnd : InheritedEnd
{
    private readonly DescriptorHandle _read;
    private readonly DescriptorHandle _write;

    private DescriptorEnd(DescriptorHandle read, DescriptorHandle write)
    {
        (_read, _write) = (read, write);
        Endpoint = Endpoint.Parse(string.Create(
            CultureInfo.InvariantCulture, $"{InheritedTransport.SchemeName}:{read.Number},{write.Number}"));
    }

    public override Endpoint Endpoint { get; }

    public IReadOnlyList<int> Numbers => [_read.Number, _write.Number];

    public static (ByteLink Link, InheritedEnd ChildEnd) Create(bool inheritable)
    {
        var (toChild, childRead) = CreateOne(isForChild: true);
        var (fromChild, childWrite) = CreateOne(isForChild: false);
        var link = new StreamPairLink(
            new DescriptorLink(fromChild, isInput: true), new DescriptorLink(toChild, isInput: false),
            UnknownFate.Instance);
        if (inheritable)
        {
            AnonymousPipe.SetInherited(childRead, true);
            AnonymousPipe.SetInherited(childWrite, true);
        }

        return (link, new DescriptorEnd(childRead, childWrite));

        static (DescriptorHandle Mine, DescriptorHandle Childs) CreateOne(bool isForChild)
        {
            var (read, write) = AnonymousPipe.Create();
            var (mine, childs) = isForChild ? (write, read) : (read, write);
            AnonymousPipe.SetNonBlocking(mine);
            return (mine, childs);
        }
    }

    /// <summary>Takes descriptors that this process inherited, and lets no child of its own inherit them.</summary>
    public static DescriptorEnd Open(Endpoint endpoint)
    {
        var parts = endpoint.Address.Split(',');
        if (parts.Length != 2 || !TryRead(parts[0], out var read) || !TryRead(parts[1], out var write) || read == write)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' names no two descriptors; pass on what {nameof(AnonymousPipePair)} calls the child's.");
        }

        Check(read, endpoint);
        Check(write, endpoint);
        var (readEnd, writeEnd) = (new DescriptorHandle(read), new DescriptorHandle(write));
        AnonymousPipe.SetInherited(readEnd, false);
        AnonymousPipe.SetInherited(writeEnd, false);
        return new DescriptorEnd(readEnd, writeEnd);
    }

    public override Connection Connect(bool isOfThisProcess)
    {
        AnonymousPipe.SetNonBlocking(_read);
        AnonymousPipe.SetNonBlocking(_write);
        var parent = isOfThisProcess ? null : new ParentProcess();
        var link = new StreamPairLink(
            new DescriptorLink(_read, isInput: true), new DescriptorLink(_write, isInput: false),
            (IPeerFate?)parent ?? UnknownFate.Instance);
        return new LinkConnection(link, Endpoint, parent?.Peer ?? new Peer { IsLocal = true }).Start();
    }

    public override void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }

    private static bool TryRead(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 2;

    /// <summary>Everything that this process opened itself closes on exec, so a number that is wrong is no other's file
    /// that would be taken from it.</summary>
    private static void Check(int number, Endpoint endpoint)
    {
        var flags = Libc.Control(number, Libc.FcntlGetDescriptorFlags, 0);
        if (flags < 0 && Marshal.GetLastPInvokeError() == Errno.BadDescriptor) throw NotInherited(endpoint);
        if ((flags & Libc.DescriptorCloseOnExec) != 0) throw InUse(endpoint);
    }
}
