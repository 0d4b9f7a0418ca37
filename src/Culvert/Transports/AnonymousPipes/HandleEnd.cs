using System.Globalization;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.AnonymousPipes;

/// <summary>On Windows: one pipe of both directions, <c>inherited:HANDLE</c>. It ends as <c>pipe://</c> does, whose
/// link it is.</summary>
[SupportedOSPlatform("windows")]
internal sealed class HandleEnd : InheritedEnd
{
    private const uint Access = UnnamedPipe.ClientReads | UnnamedPipe.ClientWrites | Kernel32.ReadControl;

    private readonly SafePipeHandle _pipe;

    private HandleEnd(SafePipeHandle pipe)
    {
        _pipe = pipe;
        Endpoint = Endpoint.Parse(
            string.Create(CultureInfo.InvariantCulture, $"{InheritedTransport.SchemeName}:{Value}"));
    }

    public override Endpoint Endpoint { get; }

    /// <summary>The handle's value, for those who need no more than that while this is open.</summary>
    public nint Value => _pipe.DangerousGetHandle();

    public static (ByteLink Link, InheritedEnd ChildEnd) Create(bool inheritable)
    {
        var (server, client) = UnnamedPipe.Create(Access, isClientOverlapped: true, isMessageType: true);
        var end = new HandleEnd(client);
        const uint Inherit = Kernel32.HandleFlagInherit;
        if (inheritable) Kernel32.SetHandleInformation(end.Value, Inherit, Inherit);
        return (new PipeLink(server, null, isServer: true, hasMarks: true, hasMessages: false), end);
    }

    /// <summary>Takes a handle that this process inherited, and lets no child of its own inherit it.</summary>
    public static HandleEnd Open(Endpoint endpoint)
    {
        if (!nint.TryParse(endpoint.Address, NumberStyles.None, CultureInfo.InvariantCulture, out var handle)
            || handle == 0)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' names no handle; pass on what {nameof(AnonymousPipePair)} calls the child's.");
        }

        if (!Kernel32.GetHandleInformation(handle, out var flags)
            || Kernel32.GetFileType(handle) != Kernel32.FileTypePipe) throw NotInherited(endpoint);
        if ((flags & Kernel32.HandleFlagInherit) == 0) throw InUse(endpoint);
        Kernel32.SetHandleInformation(handle, Kernel32.HandleFlagInherit, 0);
        return new HandleEnd(new SafePipeHandle(handle, ownsHandle: true));
    }

    public override Connection Connect(bool isOfThisProcess)
    {
        CompletionPort.Shared.Add(_pipe);
        var parent = !isOfThisProcess && Kernel32.GetNamedPipeServerProcessId(_pipe, out var processId)
            ? PeerProcess.TryOpen((int)processId)
            : null;
        var link = new PipeLink(_pipe, parent, isServer: false, hasMarks: true, hasMessages: false);
        return new LinkConnection(link, Endpoint, parent?.Peer ?? new Peer { IsLocal = true }).Start();
    }

    public override void Dispose() => _pipe.Dispose();
}
