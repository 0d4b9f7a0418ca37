using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Linux;

/// <summary>The calls of the C library that the transports need. Constants are those of Linux on x64 and
/// arm64.</summary>
internal static unsafe partial class Libc
{
    public const int FamilyUnix = 1;
    public const int FamilyInet = 2;
    public const int FamilyInet6 = 10;
    public const int SocketStream = 1;
    public const int SocketDatagram = 2;
    public const int SocketNonBlocking = 0x800;
    public const int SocketCloseOnExec = 0x80000;

    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int OptionReuseAddress = 2;
    public const int OptionType = 3;
    public const int OptionError = 4;
    public const int OptionSendBuffer = 7;
    public const int OptionReceiveBuffer = 8;
    public const int OptionLinger = 13;
    public const int OptionPassCredentials = 16;
    public const int OptionPeerCredentials = 17;
    public const int OptionAcceptsConnections = 30;
    public const int OptionPeerGroups = 59;
    public const int OptionTcpNoDelay = 1;
    public const int OptionTcpInfo = 11;

    /// <summary>The first byte of struct tcp_info of a connection that is over.</summary>
    public const byte TcpStateClosed = 7;

    public const int MessageOutOfBand = 0x1;
    public const int MessagePeek = 0x2;
    public const int MessageTruncated = 0x20;
    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;
    public const int ControlCredentials = 2;

    public const int ShutdownSend = 1;
    public const int ShutdownBoth = 2;

    public const int OpenDirectory = 0x10000;
    public const int OpenCloseOnExec = 0x80000;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int LockRelease = 8;

    public const uint MemoryFileCloseOnExec = 1;
    public const uint MemoryFileAllowSealing = 2;
    public const int FileControlAddSeals = 1033;
    public const int FileControlGetSeals = 1034;
    public const int SealSeal = 1;
    public const int SealShrink = 2;
    public const int SealGrow = 4;

    public const int MapNone = 0;
    public const int MapRead = 1;
    public const int MapWrite = 2;
    public const int MapShared = 0x1;
    public const int MapPrivate = 0x2;
    public const int MapFixed = 0x10;
    public const int MapAnonymous = 0x20;
    public const int MapNoReserve = 0x4000;
    public const int MapPopulate = 0x8000;

    public const int ControlRights = 1;
    public const int MessageControlTruncated = 0x8;
    public const int MessageCloseOnExec = 0x40000000;

    private const string Name = "libc";

    /// <summary>Refuse a link at the end of the path; one of the few flags that differ between processors.</summary>
    public static int OpenNoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport(Name, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Name, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SocketHandle socket, byte* address, uint length);

    [LibraryImport(Name, EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(SocketHandle socket, int backlog);

    [LibraryImport(Name, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SocketHandle socket, byte* address, uint* length, int flags);

    [LibraryImport(Name, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SocketHandle socket, byte* address, uint length);

    [LibraryImport(Name, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(SocketHandle socket, byte* address, uint* length);

    [LibraryImport(Name, EntryPoint = "getpeername", SetLastError = true)]
    public static partial int GetPeerName(SocketHandle socket, byte* address, uint* length);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport(Name, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SocketHandle socket, int how);

    [LibraryImport(Name, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(SocketHandle socket, int level, int option, void* value, uint* length);

    [LibraryImport(Name, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(SocketHandle socket, int level, int option, void* value, uint length);

    [LibraryImport(Name, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SocketHandle socket, uint mode);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SocketHandle socket, int command, int argument);

    [LibraryImport(Name, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Name, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, DescriptorHandle descriptor, byte* epollEvent);

    [LibraryImport(Name, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int count, int timeoutMs);

    [LibraryImport(Name, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport(
        Name, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MemoryFile(string name, uint flags);

    [LibraryImport(Name, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long bytes);

    /// <summary>Answers with the error itself.</summary>
    [LibraryImport(Name, EntryPoint = "posix_fallocate")]
    public static partial int Allocate(SafeFileHandle file, long offset, long bytes);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(SafeFileHandle file, int command, int argument);

    [LibraryImport(Name, EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* Map(byte* address, nuint bytes, int access, int flags, int file, long offset);

    [LibraryImport(Name, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(byte* address, nuint bytes);

    [LibraryImport(Name, EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Futex(
        nint number, uint* word, int operation, uint value, TimeSpec* timeout, uint* otherWord, uint otherValue);

    [LibraryImport(Name, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport(Name, EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport(Name, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport(Name, EntryPoint = "getpwuid_r")]
    public static partial int GetUserById(uint userId, Passwd* entry, byte* buffer, nuint length, Passwd** result);

    [LibraryImport(Name, EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetUserByName(string name, Passwd* entry, byte* buffer, nuint length, Passwd** result);

    [LibraryImport(Name, EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetGroupByName(string name, Group* entry, byte* buffer, nuint length, Group** result);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct ucred</c>: what the kernel says of a peer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Credentials
    {
        public int ProcessId;
        public uint UserId;
        public uint GroupId;
    }

    /// <summary><c>struct timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary><c>struct linger</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Linger
    {
        public int OnOff;
        public int Seconds;
    }

    /// <summary>The beginning of <c>struct passwd</c>; the rest is room.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint UserId;
        public uint GroupId;
        public fixed long Rest[6];
    }

    /// <summary>The beginning of <c>struct group</c>; the rest is room.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Group
    {
        public byte* Name;
        public byte* Password;
        public uint GroupId;
        public fixed long Rest[4];
    }
}
