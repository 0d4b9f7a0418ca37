using System.Globalization;
using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;

namespace Culvert.Transports.StandardStreams;

/// <summary>Takes descriptors 0 and 1 over on Linux, and puts others in their place.</summary>
internal static class LinuxOwnStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;
    private const int FirstOwn = 3;
    private const string Nowhere = "/dev/null";

    public static Connection Take(Endpoint endpoint)
    {
        var read = Open(Input, Libc.OpenReadOnly, "input");
        DescriptorHandle? write = null;
        try
        {
            write = Open(Output, Libc.OpenWriteOnly, "output");
            var parent = new ParentProcess();
            var link = new StreamPairLink(
                new DescriptorLink(read, isInput: true), new DescriptorLink(write, isInput: false), parent);
            var connection = new LinkConnection(link, endpoint, parent.Peer);
            Start(connection);
            ReplaceStandard([read.Number, write.Number]);
            return connection;
        }
        catch
        {
            read.Dispose();
            write?.Dispose();
            throw;
        }
    }

    private static void Start(LinkConnection connection)
    {
        try
        {
            connection.Start();
        }
        catch (ConnectionException e) when (e.Error == ConnectionError.System)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                "Standard input or output is a file, which is no connection; start this program with pipes.", e);
        }
    }

    /// <summary>A descriptor of its own on what lies behind a standard one: whether its calls wait is then its own
    /// affair, and not that of everybody who shares the other, such as the shell on a terminal. Sockets
    /// cannot be opened a second time; those are shared.</summary>
    private static DescriptorHandle Open(int number, int access, string name)
    {
        var opened = Libc.Open(PathOf(number), access | Libc.OpenNonBlocking | Libc.OpenCloseOnExec, 0);
        if (opened >= FirstOwn) return new DescriptorHandle(opened);
        var copy = Libc.Control(number, Libc.FcntlDuplicateCloseOnExec, FirstOwn);
        var errno = Marshal.GetLastPInvokeError();
        if (opened >= 0) Libc.Close(opened);
        if (copy < 0)
        {
            throw new ConnectionException(
                ConnectionError.NobodyListens,
                $"Standard {name} is closed; start this program with pipes as its standard streams.",
                SocketErrors.System(errno, "A standard stream cannot be used"));
        }

        var handle = new DescriptorHandle(copy);
        AnonymousPipe.SetNonBlocking(handle);
        return handle;
    }

    /// <summary>Puts standard error in the place of everything that leads to the output, also of what the console and
    /// logging had opened before, and nothing in the place of the input.</summary>
    private static void ReplaceStandard(int[] own)
    {
        var nothing = Libc.Open(Nowhere, Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        var nowhere = Libc.Open(Nowhere, Libc.OpenWriteOnly | Libc.OpenCloseOnExec, 0);
        var output = TargetOf(Output);
        var error = TargetOf(Error);
        Replace(TargetOf(Input), nothing, own);
        Libc.Duplicate(nothing, Input);

        // Standard error may lead to the same place, as behind 2>&1.
        var replacement = error is null || error == output ? nowhere : Error;
        Replace(output, replacement, own);
        Libc.Duplicate(replacement, Output);
        Libc.Close(nothing);
        Libc.Close(nowhere);
    }

    private static void Replace(string? target, int replacement, int[] own)
    {
        foreach (var copy in CopiesOf(target, own))
        {
            var isClosing = (Libc.Control(copy, Libc.FcntlGetDescriptorFlags, 0) & Libc.DescriptorCloseOnExec) != 0;
            Libc.Duplicate(replacement, copy, isClosing ? Libc.OpenCloseOnExec : 0);
        }
    }

    private static IEnumerable<int> CopiesOf(string? target, int[] own)
    {
        // A terminal and the like have no identity of which this could say that it is the same stream.
        if (target is null || !(target.StartsWith("pipe:", StringComparison.Ordinal)
            || target.StartsWith("socket:", StringComparison.Ordinal))) return [];
        return Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            .Where(number => number > Output && !own.Contains(number) && TargetOf(number) == target)
            .ToArray();
    }

    private static string? TargetOf(int number)
    {
        try
        {
            return new FileInfo(PathOf(number)).LinkTarget;
        }
        catch (IOException)
        {
            return null; // Closed meanwhile.
        }
    }

    private static string PathOf(int number) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{number}");
}
