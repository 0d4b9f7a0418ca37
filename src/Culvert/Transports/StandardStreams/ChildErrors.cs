using System.ComponentModel;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Windows;

namespace Culvert.Transports.StandardStreams;

/// <summary>Why a child could not be started, in a sentence.</summary>
internal static class ChildErrors
{
    public static ConnectionException NotFound(string program, Exception? inner = null) => new(
        ConnectionError.NobodyListens,
        $"The program '{program}' was not found; install it, or give its full path.", inner);

    public static ConnectionException NoFolder(string program, string folder, Exception? inner = null) => new(
        ConnectionError.InvalidEndpoint,
        $"The folder '{folder}' in which '{program}' is to start does not exist; create it or name another.", inner);

    public static ConnectionException NotAllowed(string program, Exception inner) => new(
        ConnectionError.NotAllowed,
        $"'{program}' may not be run by this user; make it executable, or name another program.", inner);

    public static ConnectionException NoProgram(string program, Exception inner) => new(
        ConnectionError.InvalidEndpoint, $"'{program}' is no program of this system; start what runs it.", inner);

    public static ConnectionException TimedOut(ChildOptions options) => new(
        ConnectionError.TimedOut,
        $"Starting '{options.FileName}' took longer than {options.StartTimeout.TotalSeconds:0.###} s; see if its disk "
        + "answers, or raise the time.");

    /// <summary>cmd reads what follows by rules of its own, in which an argument can be a command.</summary>
    public static ConnectionException IsBatch(string program) => new(
        ConnectionError.InvalidEndpoint,
        $"'{program}' is a batch file, whose arguments cmd would read as commands; start cmd.exe /c with care, or what "
        + "the batch file starts.");

    /// <summary>By an error number of Windows.</summary>
    public static ConnectionException StartOnWindows(int error, ChildOptions options)
    {
        var inner = new Win32Exception(error);
        return error switch
        {
            Win32Error.BadFolder => NoFolder(options.FileName, options.WorkingFolder ?? "", inner),
            Win32Error.FileNotFound or Win32Error.PathNotFound => NotFound(options.FileName, inner),
            Win32Error.AccessDenied or Win32Error.ElevationRequired => NotAllowed(options.FileName, inner),
            Win32Error.BadExecutable => NoProgram(options.FileName, inner),
            _ => SocketErrors.System(error, $"Starting '{options.FileName}' failed"),
        };
    }

    /// <summary>By an error number of Linux.</summary>
    public static ConnectionException Start(int errno, string path, ChildOptions options)
    {
        var inner = new Win32Exception(errno);
        return errno switch
        {
            Errno.NoEntry => NotFound(path, inner), // It went meanwhile, or the interpreter it names is missing.
            Errno.AccessDenied or Errno.NotPermitted => NotAllowed(path, inner),
            Errno.ExecutableFormat => NoProgram(path, inner),
            _ => SocketErrors.System(errno, $"Starting '{options.FileName}' failed"),
        };
    }
}
