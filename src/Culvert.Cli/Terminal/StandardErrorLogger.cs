using System.Globalization;
using Culvert.Collector.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Terminal;

/// <summary>Writes what the collector says of itself to standard error, one line for each message.</summary>
/// <remarks>The console logger of the framework starts a thread and takes 20 ms to load; this one needs
/// neither.</remarks>
/// <param name="showsTime">Whether a line begins with the time; service managers put it there by themselves.</param>
internal sealed class StandardErrorLogger(bool showsTime = true) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        new Logger(categoryName[(categoryName.LastIndexOf('.') + 1)..], showsTime);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, bool showsTime) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var time = showsTime
                ? TimeProvider.System.GetLocalNow().ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture)
                : "";
            var because = exception is null ? "" : $": {exception.Message}";
            Console.Error.WriteLine(
                TerminalText.Clean($"{time}{Name(logLevel)} {category}: {formatter(state, exception)}{because}"));
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "error",
            _ => "fatal",
        };
    }
}
