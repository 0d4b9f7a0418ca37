using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Decides whether a line continues the stack trace before it. Knows what .NET, Java, Python, Go and JavaScript print;
/// what is indented continues in any case. A JSON line is complete by itself.
/// </summary>
internal sealed class TraceState
{
    private Kind _kind;
    private int _lineCount;
    private bool _mayHaveTrace;

    private enum Kind
    {
        Any,
        Complete,
        Python,
        PythonEnded,
        PythonChained,
        Go,
    }

    /// <summary>Takes the first line of a record.</summary>
    public void Begin(ReadOnlySpan<byte> line)
    {
        _lineCount = 1;
        _mayHaveTrace = PlainLineMapper.GuessSeverity(line) >= Severity.Warn;
        _kind = line switch
        {
            [(byte)'{', ..] => Kind.Complete,
            _ when line.StartsWith("Traceback (most recent call last)"u8) => Kind.Python,
            _ when IsGoHeader(line) => Kind.Go,
            _ => Kind.Any,
        };
    }

    /// <summary>Takes a further line; false when it begins a record of its own.</summary>
    public bool Continues(ReadOnlySpan<byte> line)
    {
        var continues = _kind switch
        {
            Kind.Complete => false,
            Kind.Python => ContinuesPython(line),
            Kind.PythonEnded or Kind.PythonChained => ContinuesPythonChain(line),
            Kind.Go => ContinuesGo(line),
            _ => ContinuesAny(line),
        };
        if (continues) _lineCount++;
        return continues;
    }

    private bool ContinuesAny(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return false;
        if (line[0] is (byte)' ' or (byte)'\t' || IsFrame(line)) return true;
        if (!_mayHaveTrace) return false;
        if (line.StartsWith("Traceback (most recent call last)"u8))
        {
            _kind = Kind.Python;
            return true;
        }

        return _lineCount == 1 && IsExceptionHeader(line);
    }

    private bool ContinuesPython(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return false;
        if (line[0] is (byte)' ' or (byte)'\t') return true;
        // The first line that is not indented names the exception and ends the trace, unless another is chained to it.
        _kind = Kind.PythonEnded;
        return true;
    }

    private bool ContinuesPythonChain(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return true;
        if (line.StartsWith("During handling of the above exception"u8) || line.StartsWith("The above exception was"u8))
        {
            _kind = Kind.PythonChained;
            return true;
        }

        if (_kind != Kind.PythonChained || !line.StartsWith("Traceback (most recent call last)"u8)) return false;
        _kind = Kind.Python;
        return true;
    }

    private static bool ContinuesGo(ReadOnlySpan<byte> line) =>
        line.IsEmpty || line[0] is (byte)' ' or (byte)'\t'
        || line.StartsWith("goroutine "u8) || line.StartsWith("created by "u8) || line.StartsWith("[signal "u8)
        || line.StartsWith("runtime stack:"u8) || line.StartsWith("exit status "u8) || line.StartsWith("panic: "u8)
        || IsGoFrame(line);

    /// <summary>A function with its arguments, as in <c>main.(*Server).run(0xc000010000)</c>.</summary>
    private static bool IsGoFrame(ReadOnlySpan<byte> line)
    {
        var open = line.IndexOf((byte)'(');
        return open > 0 && line[^1] == ')' && line[..open].Contains((byte)'.') && !line[..open].Contains((byte)' ');
    }

    private static bool IsGoHeader(ReadOnlySpan<byte> line) =>
        line.StartsWith("panic: "u8) || line.StartsWith("fatal error: "u8) || line.StartsWith("goroutine "u8);

    private static bool IsFrame(ReadOnlySpan<byte> line) =>
        line.StartsWith("at "u8) || line.StartsWith("Caused by:"u8) || line.StartsWith("Suppressed:"u8)
        || line.StartsWith("--->"u8) || line.StartsWith("--- End of "u8)
        || (line.StartsWith("... "u8) && line.EndsWith(" more"u8));

    /// <summary>A dotted name that ends in Exception, Error or Throwable, alone or before a colon.</summary>
    private static bool IsExceptionHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        return name.Length <= LineLimits.LevelHeadBytesMax && !name.Contains((byte)' ') && name.Contains((byte)'.')
            && (name.EndsWith("Exception"u8) || name.EndsWith("Error"u8) || name.EndsWith("Throwable"u8));
    }
}
