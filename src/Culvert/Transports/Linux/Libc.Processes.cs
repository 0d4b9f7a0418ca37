using System.Runtime.InteropServices;

namespace Culvert.Transports.Linux;

/// <summary>Pipes and processes. Numbers are those of Linux on x64 and arm64, of glibc and of musl.</summary>
internal static unsafe partial class Libc
{
    public const int OpenReadOnly = 0;
    public const int OpenWriteOnly = 1;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenExclusive = 0x80;
    public const int OpenNonBlocking = 0x800;

    public const int FcntlGetDescriptorFlags = 1;
    public const int FcntlSetDescriptorFlags = 2;
    public const int FcntlGetStatusFlags = 3;
    public const int FcntlSetStatusFlags = 4;
    public const int FcntlDuplicateCloseOnExec = 1030;
    public const int DescriptorCloseOnExec = 1;

    public const short SpawnSetSignalDefaults = 0x04;
    public const short SpawnSetSignalMask = 0x08;

    /// <summary>Room for posix_spawnattr_t (336 bytes), posix_spawn_file_actions_t (80) or sigset_t (128).</summary>
    public const int SpawnStructBytes = 512;

    public const int WaitByPidDescriptor = 3;
    public const int WaitExited = 4;
    public const int WaitNoHang = 1;
    public const int ChildExitedCode = 1;

    /// <summary>siginfo_t of a child on 64-bit Linux: the code, the process and the status in it.</summary>
    public const int SignalInfoBytes = 128;
    public const int SignalInfoCodeOffset = 8;
    public const int SignalInfoProcessOffset = 16;
    public const int SignalInfoStatusOffset = 24;

    public const int SignalKill = 9;

    // asm-generic/unistd.h; the same on every architecture.
    private const long PidDescriptorOpenNumber = 434;

    [LibraryImport(Name, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* descriptors, int flags);

    [LibraryImport(Name, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(DescriptorHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(DescriptorHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport(Name, EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int from, int to);

    [LibraryImport(Name, EntryPoint = "dup3", SetLastError = true)]
    public static partial int Duplicate(int from, int to, int flags);

    [LibraryImport(Name, EntryPoint = "getppid")]
    public static partial int GetParentProcessId();

    [LibraryImport(Name, EntryPoint = "waitid", SetLastError = true)]
    public static partial int Wait(int kind, int id, byte* info, int options);

    [LibraryImport(Name, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);

    [LibraryImport(Name, EntryPoint = "posix_spawn")]
    public static partial int Spawn(
        int* processId, byte* path, byte* fileActions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitFileActions(byte* fileActions);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyFileActions(byte* fileActions);

    /// <summary>Of the same number twice: the child inherits it.</summary>
    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(byte* fileActions, int from, int to);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static partial int AddChangeFolder(byte* fileActions, byte* folder);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitSpawnAttributes(byte* attributes);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroySpawnAttributes(byte* attributes);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetSpawnFlags(byte* attributes, short flags);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSpawnSignalMask(byte* attributes, byte* signals);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetSpawnSignalDefaults(byte* attributes, byte* signals);

    [LibraryImport(Name, EntryPoint = "sigemptyset")]
    public static partial int ClearSignals(byte* signals);

    [LibraryImport(Name, EntryPoint = "sigfillset")]
    public static partial int FillSignals(byte* signals);

    /// <summary>A descriptor of a process, which becomes readable when it has ended (Linux 5.3).</summary>
    public static int OpenPidDescriptor(int processId) =>
        (int)SystemCall(PidDescriptorOpenNumber, processId, 0);

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);
}
