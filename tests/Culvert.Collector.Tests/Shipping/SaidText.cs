using System.Text;

namespace Culvert.Collector.Tests.Shipping;

/// <summary>What a program has said so far, and a signal when it says what is waited for.</summary>
internal sealed class SaidText
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private (string Text, TaskCompletionSource Said)? _awaited;

    public string Text
    {
        get
        {
            lock (_lock) return _text.ToString();
        }
    }

    /// <summary>Completes when the text was said, fails when the program ends without it. One wait at a time.</summary>
    public Task WaitForAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _awaited = (text, said);
            Look();
        }

        return said.Task;
    }

    public async Task ReadAsync(TextReader reader)
    {
        var chunk = new char[4096];
        while (await reader.ReadAsync(chunk) is var count && count > 0)
        {
            lock (_lock)
            {
                _text.Append(chunk, 0, count);
                Look();
            }
        }

        lock (_lock) _awaited?.Said.TrySetException(new EndOfStreamException($"The program ended and said: {_text}"));
    }

    private void Look()
    {
        if (_awaited is { } awaited && _text.ToString().Contains(awaited.Text, StringComparison.Ordinal))
            awaited.Said.TrySetResult();
    }
}
