using System.Runtime.InteropServices;

namespace Culvert.Transports.Linux;

/// <summary>A socket's file descriptor.</summary>
internal sealed class SocketHandle : DescriptorHandle
{
    public SocketHandle()
    {
    }

    public SocketHandle(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>A new non-blocking socket that child processes do not inherit.</summary>
    public static SocketHandle Create(int family, int type)
    {
        var descriptor = Libc.Socket(family, type | Libc.SocketNonBlocking | Libc.SocketCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw SocketErrors.System(Marshal.GetLastPInvokeError(), "A socket could not be created");
        }

        return new SocketHandle(descriptor);
    }

    public unsafe int TakeError()
    {
        int error = 0;
        uint length = sizeof(int);
        return Libc.GetOption(this, Libc.LevelSocket, Libc.OptionError, &error, &length) == 0
            ? error
            : Marshal.GetLastPInvokeError();
    }

    public unsafe void SetOption(int level, int option, int value) =>
        Libc.SetOption(this, level, option, &value, sizeof(int));
}
