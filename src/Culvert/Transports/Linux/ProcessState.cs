using System.Globalization;

namespace Culvert.Transports.Linux;

/// <summary>Whether a process still lives, as /proc says (proc_pid_stat(5)).</summary>
internal static class ProcessState
{
    // PF_EXITING of linux/sched.h: set before the kernel closes the files of a process that ends, so that whoever sees
    // its socket closed by that sees this too.
    private const uint Exiting = 0x4;

    /// <summary>Whether the process is ending or gone. False when there is no number to ask about.</summary>
    public static bool IsEnding(int? processId)
    {
        if (processId is not > 0 || processId == Environment.ProcessId) return false;
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return true; // The process went while the file was read (ESRCH).
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }

        // The name is in parentheses and may hold anything; after it come state and six numbers, then the flags.
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 7) return false;
        if (fields[0] is "Z" or "X") return true;
        return uint.TryParse(fields[6], CultureInfo.InvariantCulture, out var flags) && (flags & Exiting) != 0;
    }
}
