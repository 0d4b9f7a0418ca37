using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Linux;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.StandardStreams;

/// <summary>Takes the standard handles over on Windows, and puts others in their place. Whoever started this process
/// chose what they are; most know no overlapped I/O, so each has a thread.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class WindowsOwnStreams
{
    private const string Nowhere = "NUL";

    public static Connection Take(Endpoint endpoint)
    {
        var input = Kernel32.GetStdHandle(Kernel32.StandardInput);
        var output = Kernel32.GetStdHandle(Kernel32.StandardOutput);
        Check(input, "input");
        Check(output, "output");
        var read = Copy(input, inherits: false);
        var write = Copy(output, inherits: false);
        var readPipe = new SafePipeHandle(read, ownsHandle: true);
        var parent = Kernel32.GetNamedPipeServerProcessId(readPipe, out var processId)
            ? PeerProcess.TryOpen((int)processId)
            : null;
        var link = new StreamPairLink(
            new BlockingInput(readPipe), new BlockingOutput(new SafePipeHandle(write, ownsHandle: true)),
            new ProcessFate(parent));
        var connection = new LinkConnection(link, endpoint, parent?.Peer ?? new Peer { IsLocal = true }).Start();
        Replace(Kernel32.StandardInput, input, Open(Kernel32.FileReadData));
        var error = Kernel32.GetStdHandle(Kernel32.StandardError);
        Replace(
            Kernel32.StandardOutput, output,
            error is 0 or -1 ? Open(Kernel32.FileWriteData) : Copy(error, inherits: true));
        return connection;
    }

    private static void Check(nint handle, string name)
    {
        if (handle is 0 or -1)
        {
            throw new ConnectionException(
                ConnectionError.NobodyListens,
                $"Standard {name} is closed; start this program with pipes as its standard streams.");
        }

        if (Kernel32.GetFileType(handle) != Kernel32.FileTypeDisk) return;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"Standard {name} is a file, which is no connection; start this program with pipes.");
    }

    /// <summary>The old handle is closed, or the peer would never see an end, and the next one that is made has its
    /// value as a rule: what the console had opened before then leads to the new one, too.</summary>
    private static void Replace(int which, nint old, nint replacement)
    {
        Kernel32.CloseHandle(old);
        Kernel32.SetStdHandle(which, Copy(replacement, inherits: true));
        Kernel32.CloseHandle(replacement);
    }

    private static nint Copy(nint handle, bool inherits)
    {
        var self = Kernel32.GetCurrentProcess();
        return Kernel32.DuplicateOwn(self, handle, self, out var copy, 0, inherits, Kernel32.DuplicateSameAccess)
            ? copy
            : throw SocketErrors.System(Marshal.GetLastPInvokeError(), "A standard stream cannot be used");
    }

    private static nint Open(uint access)
    {
        using var file = Kernel32.OpenPipe(Nowhere, access, 0x3, null, Kernel32.OpenExisting, 0, 0);
        return Copy(file.DangerousGetHandle(), inherits: true);
    }
}
