using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Culvert.Tests;

/// <summary>Keeps what is logged, as lines, and lets a test wait for one.</summary>
public sealed class LineLogger : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _added = new(0);

    public IReadOnlyCollection<string> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue(formatter(state, exception));
        _added.Release();
    }

    /// <summary>Waits until a line has these words, now or later.</summary>
    public async Task<string> WaitForAsync(string words, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = _lines.FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal));
            if (found is not null) return found;
            try
            {
                await _added.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Nothing logged has '{words}': {string.Join('\n', _lines)}");
            }
        }
    }
}
