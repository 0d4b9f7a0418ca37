using Culvert.Shipping;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Culvert.Logging;

/// <summary>Makes loggers that hand every record to the Culvert collector. One journal, or one connection, serves
/// them all.</summary>
/// <remarks>Any thread. Over a connection, dispose waits for the collector, at most the shutdown timeout; a program
/// that ends without disposing its logging is waited for in the same way when the process exits. With a journal nothing
/// is waited for.</remarks>
[ProviderAlias("Culvert")]
public sealed class CulvertLoggerProvider : ILoggerProvider, ISupportExternalScope, IAsyncDisposable
{
    private readonly bool _includeScopes;

    /// <summary>Starts to ship with these options; see <see cref="CulvertLoggerOptions"/>.</summary>
    public CulvertLoggerProvider(CulvertLoggerOptions options)
    {
        options.Check();
        _includeScopes = options.IncludeScopes;
        Redactor = Redactor.Of(options);
        var shipping = options.ToShipperOptions();
        shipping.Check();
        Route = JournalRoute.TryOpen(options, shipping) ?? (IRecordRoute)new ConnectionRoute(shipping);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
    }

    /// <summary>The same, for dependency injection.</summary>
    public CulvertLoggerProvider(IOptions<CulvertLoggerOptions> options)
        : this(options.Value)
    {
    }

    /// <summary>What became of the records so far.</summary>
    public LogShipperStatistics Statistics => Route.Statistics;

    /// <summary>Values that the rules of <see cref="CulvertLoggerOptions.RedactNames"/> and
    /// <see cref="CulvertLoggerOptions.RedactPatterns"/> have changed.</summary>
    public long RedactedValues => Redactor?.Count ?? 0;

    internal Redactor? Redactor { get; }

    internal IRecordRoute Route { get; }

    internal IExternalScopeProvider? Scopes { get; private set; }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new CulvertLogger(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) =>
        Scopes = _includeScopes ? scopeProvider : null;

    /// <summary>Waits until everything logged before this call is durable. Returns false when the time is
    /// over.</summary>
    public Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Route.FlushAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        Route.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        return Route.DisposeAsync();
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => Route.Dispose();

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs arguments) => Route.Dispose();
}
