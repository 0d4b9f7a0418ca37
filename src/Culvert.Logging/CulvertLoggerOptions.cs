using Culvert.Shipping;

namespace Culvert.Logging;

/// <summary>How <c>AddCulvert</c> works: in code, or in the configuration section <c>Logging:Culvert</c>.</summary>
public sealed class CulvertLoggerOptions
{
    /// <summary>Where the collector listens. Default <c>local://culvert</c>.</summary>
    public string Endpoint { get; set; } = LogShipperOptions.DefaultEndpoint;

    /// <summary>Whether records go into a journal that outlives the program. Default
    /// <see cref="JournalMode.Auto"/>.</summary>
    public JournalMode Journal { get; set; } = JournalMode.Auto;

    /// <summary>The folder of the journals, which the collector must read. Default: in memory, else in the collector's
    /// data folder (<c>CULVERT_DATA</c>, or <c>culvert</c> in the user's data folder).</summary>
    public string? JournalFolder { get; set; }

    /// <summary>The program's name, <c>service.name</c>. Default: the name of the entry assembly.</summary>
    public string? Service { get; set; }

    /// <summary>More that is said of the program with every batch, in OpenTelemetry's names, such as
    /// <c>deployment.environment.name</c>. What is given here wins over what is found out.</summary>
    public IDictionary<string, string> Resource { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether scopes become attributes. Default true. Costs about 100 ns for each scope of a call.</summary>
    public bool IncludeScopes { get; set; } = true;

    /// <summary>Attributes whose values never leave the program, by name: case does not count, <c>*</c> stands for
    /// anything. Default none. The message is then made of what is left, and texts of four characters or more that were
    /// taken out are taken out of the call's exception, too.</summary>
    public IList<string> RedactNames { get; } = [];

    /// <summary>Regular expressions; what they find is replaced in messages, attributes, scopes and exceptions. Default
    /// none. Each costs its time on each call; one that takes 100 ms or throws costs the whole value.</summary>
    public IList<string> RedactPatterns { get; } = [];

    /// <summary>Room for records that are not acknowledged yet, in memory or in the journal, which rounds it up to a
    /// power of two. In bytes, default 16 MiB, range 256 KiB to 1 GiB. Raising it lets a program outlast a longer
    /// absence of the collector, at the price of its memory, and of the disk for a journal.</summary>
    public int BufferBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Room on the disk for records that find none in the journal, as while no collector runs for long: a
    /// second file beside it, which is reserved whole when the program starts. In bytes, default 0 for none, range
    /// 256 KiB to 1 GiB, rounded up to a power of two. A call that spills may wait for the disk. Without a journal it
    /// means nothing.</summary>
    public int SpillBytes { get; set; }

    /// <inheritdoc cref="LogShipperOptions.FullMode"/>
    public FullMode FullMode { get; set; } = FullMode.Drop;

    /// <inheritdoc cref="LogShipperOptions.WaitTimeout"/>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="LogShipperOptions.ShutdownTimeout"/>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc cref="LogShipperOptions.OnUndelivered"/>
    public Action<LogShipperStatistics>? OnUndelivered { get; set; }

    internal Func<CancellationToken, ValueTask<Connections.Connection>>? Connect { get; set; }

    /// <summary>Throws <see cref="ArgumentException"/> for what is out of its range.</summary>
    internal void Check()
    {
        if (SpillBytes is 0 or (>= ShippingLimits.BufferBytesMin and <= ShippingLimits.BufferBytesMax)) return;
        throw new ArgumentException(
            $"SpillBytes is {SpillBytes}; it must be 0, or from {ShippingLimits.BufferBytesMin} to "
            + $"{ShippingLimits.BufferBytesMax}.");
    }

    internal LogShipperOptions ToShipperOptions() => new()
    {
        Endpoint = Endpoint,
        Resource = ProgramResource.Describe(this),
        BufferBytes = BufferBytes,
        FullMode = FullMode,
        WaitTimeout = WaitTimeout,
        ShutdownTimeout = ShutdownTimeout,
        OnUndelivered = OnUndelivered,
        Connect = Connect,
    };
}
