namespace Culvert.Cli.Terminal;

/// <summary>Text that is written over itself on a terminal. In a pipe it says nothing: there the end is what
/// counts.</summary>
internal sealed class LiveText
{
    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private int _lines;

    public void Show(string text)
    {
        if (!_isTerminal) return;
        Clear();
        var lines = text.TrimEnd('\n').Split('\n');
        foreach (var line in lines) Console.WriteLine(Cut(line));
        _lines = lines.Length;
    }

    public void Clear()
    {
        // Up to the first line, and everything below it away (ECMA-48: CUU, ED).
        if (_isTerminal && _lines > 0) Console.Write($"\e[{_lines}A\r\e[J");
        _lines = 0;
    }

    /// <summary>A line that wraps would take two of the terminal's, and the next clear would leave one
    /// behind.</summary>
    private static string Cut(string line)
    {
        var width = Console.WindowWidth - 1;
        return width > 0 && line.Length > width ? line[..width] : line;
    }
}
