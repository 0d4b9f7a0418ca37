using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Tests;

/// <summary>A logger that keeps the ids of the events it was told. Any thread.</summary>
internal sealed class EventIds : ILogger
{
    private readonly Lock _lock = new();
    private readonly List<int> _ids = [];

    public IReadOnlyList<int> All
    {
        get
        {
            lock (_lock) return [.. _ids];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_lock) _ids.Add(eventId.Id);
    }
}
