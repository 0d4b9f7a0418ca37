using System.Runtime.InteropServices;
using Culvert.Transports.Linux;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// The one message of the set-up on Linux, from the listener to the client: 8 bytes, with the descriptor of the section
/// beside them (SCM_RIGHTS, unix(7)).
/// <code>
/// 0 magic u32 (SectionLayout) | 4 version u32
/// </code>
/// </summary>
internal static unsafe class SectionMessage
{
    private const int Bytes = 8;

    public static bool TrySend(SocketHandle socket, SafeFileHandle section)
    {
        var bytes = stackalloc byte[Bytes];
        *(uint*)bytes = SectionLayout.Magic;
        *(uint*)(bytes + sizeof(uint)) = SectionLayout.Version;
        var vector = new Libc.IoVector { Base = bytes, Length = Bytes };
        var rights = new Rights
        {
            Length = (nuint)sizeof(Rights) - sizeof(int),
            Level = Libc.LevelSocket,
            Type = Libc.ControlRights,
            Descriptor = (int)section.DangerousGetHandle(),
        };
        var message = MessageOf(&vector, &rights);
        return Libc.SendMessage(socket, &message, Libc.MessageDontWait | Libc.MessageNoSignal) == Bytes;
    }

    /// <summary>Receives the message: 0, or the error; Errno.ConnectionReset when the listener closed, or said
    /// something else.</summary>
    public static int Receive(SocketHandle socket, out SafeFileHandle? section)
    {
        section = null;
        var bytes = stackalloc byte[Bytes];
        var vector = new Libc.IoVector { Base = bytes, Length = Bytes };
        var rights = default(Rights);
        var message = MessageOf(&vector, &rights);
        var count = Libc.ReceiveMessage(socket, &message, Libc.MessageDontWait | Libc.MessageCloseOnExec);
        if (count < 0) return Marshal.GetLastPInvokeError();
        var hasRights = message.ControlLength >= (nuint)sizeof(Rights) - sizeof(int)
            && rights is { Level: Libc.LevelSocket, Type: Libc.ControlRights };
        if (hasRights) section = new SafeFileHandle(rights.Descriptor, ownsHandle: true);
        var isSound = count == Bytes && (message.Flags & Libc.MessageControlTruncated) == 0
            && *(uint*)bytes == SectionLayout.Magic && *(uint*)(bytes + sizeof(uint)) == SectionLayout.Version;
        if (hasRights && isSound) return 0;
        section?.Dispose();
        section = null;
        return Errno.ConnectionReset;
    }

    private static Libc.MessageHeader MessageOf(Libc.IoVector* vector, Rights* rights) => new()
    {
        Vectors = vector,
        VectorCount = 1,
        Control = (byte*)rights,
        ControlLength = (nuint)sizeof(Rights),
    };

    /// <summary><c>struct cmsghdr</c> with one descriptor, of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Rights
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
        public int Padding;
    }
}
