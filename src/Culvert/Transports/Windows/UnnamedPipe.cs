using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>Both ends of a pipe that nobody can find. The system's own anonymous pipes know no overlapped I/O, so these
/// are named by chance, for the moment until their only instance is taken.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class UnnamedPipe
{
    public const uint ClientReads =
        Kernel32.FileReadData | Kernel32.FileReadAttributes | Kernel32.FileWriteAttributes | Kernel32.Synchronize;

    public const uint ClientWrites = Kernel32.FileWriteData | Kernel32.FileReadAttributes | Kernel32.Synchronize;

    private const int BufferBytes = 64 * 1024;

    /// <summary>The server's end is overlapped, is on the completion port and goes both ways, though the client may
    /// have less: so the server hears of the client's end without writing.</summary>
    public static (SafePipeHandle Server, SafePipeHandle Client) Create(
        uint clientAccess, bool isClientOverlapped, bool isMessageType)
    {
        var name = $@"\\.\pipe\culvert.unnamed.{Guid.NewGuid():N}";
        var mode = Kernel32.PipeRejectRemoteClients
            | (isMessageType ? Kernel32.PipeTypeMessage | Kernel32.PipeReadModeMessage : Kernel32.PipeTypeByte);
        var descriptor = new WindowsAccess(AccessPolicy.SameUser).PipeDescriptor(admitsRemote: false);
        SafePipeHandle server;
        fixed (byte* security = descriptor)
        {
            var attributes = new Kernel32.SecurityAttributes
            {
                Bytes = (uint)sizeof(Kernel32.SecurityAttributes), Descriptor = security,
            };
            server = Kernel32.CreateNamedPipe(
                name, Kernel32.PipeAccessDuplex | Kernel32.FileFlagFirstPipeInstance | Kernel32.FileFlagOverlapped,
                mode, 1, BufferBytes, BufferBytes, 0, &attributes);
        }

        if (server.IsInvalid) throw Failed(server);
        var flags = Kernel32.SecuritySqosPresent | Kernel32.SecurityIdentification
            | (isClientOverlapped ? Kernel32.FileFlagOverlapped : 0);
        var client = Kernel32.OpenPipe(name, clientAccess, 0, null, Kernel32.OpenExisting, flags, 0);
        if (client.IsInvalid)
        {
            var error = Failed(client); // Another was faster, which takes a program of the same user that guesses.
            server.Dispose();
            throw error;
        }

        CompletionPort.Shared.Add(server);
        var read = Kernel32.PipeReadModeMessage;
        if (isMessageType) Kernel32.SetNamedPipeHandleState(client, &read, null, null);
        return (server, client);
    }

    private static ConnectionException Failed(SafePipeHandle pipe)
    {
        var error = Marshal.GetLastPInvokeError();
        pipe.Dispose();
        return SocketErrors.System(error, "A pipe could not be created");
    }
}
