using System.Text;
using Culvert.Connections;
using Culvert.Transports.Linux;

namespace Culvert.Transports.StandardStreams;

/// <summary>The standard streams of this process, taken over once: what is written to the console from then on goes to
/// standard error, and the console's input is at its end, so that neither can harm the connection.</summary>
internal static class OwnStreams
{
    private static int _isTaken;

    public static Connection Take(Endpoint endpoint)
    {
        if (!OperatingSystem.IsWindows()) LinuxOnly.Check(endpoint);
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            throw new ConnectionException(
                ConnectionError.AddressInUse,
                "The standard streams of this process are in use already; a process has one connection over them.");
        }

        try
        {
            var connection = OperatingSystem.IsWindows()
                ? WindowsOwnStreams.Take(endpoint)
                : LinuxOwnStreams.Take(endpoint);
            RedirectConsole();
            return connection;
        }
        catch
        {
            Volatile.Write(ref _isTaken, 0);
            throw;
        }
    }

    /// <summary>The console keeps what it had opened before.</summary>
    private static void RedirectConsole()
    {
        var output = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
        Console.SetOut(TextWriter.Synchronized(output));
        Console.SetIn(TextReader.Null);
    }
}
