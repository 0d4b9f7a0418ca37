namespace Culvert.Cli.Terminal;

/// <summary>Text that is written over itself on a terminal. In a pipe it says nothing: there the end is what counts.</summary>
internal sealed class LiveText
{
    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private int _lines;

    public void Show(string text)
    {
        if (!_isTerminal) return;
        Clear();
        Console.Write(text.EndsWith('\n') ? text : text + "\n");
        _lines = text.TrimEnd('\n').Count(c => c == '\n') + 1;
    }

    public void Clear()
    {
        // Up to the first line, and everything below it away (ECMA-48: CUU, ED).
        if (_isTerminal && _lines > 0) Console.Write($"\e[{_lines}A\r\e[J");
        _lines = 0;
    }
}
