using Culvert.Connections;

namespace Culvert.Shipping;

/// <summary>How a <see cref="LogShipper"/> works. Checked once, when the shipper starts.</summary>
public sealed class LogShipperOptions
{
    /// <summary>The endpoint at which a collector listens when nothing else is said.</summary>
    public const string DefaultEndpoint = "local://culvert";

    /// <summary>Where the collector listens. Default <c>local://culvert</c>.</summary>
    public string Endpoint { get; set; } = DefaultEndpoint;

    /// <summary>What is said of the program with every batch, in OpenTelemetry's names: <c>service.name</c> and so
    /// on.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Resource { get; set; } = [];

    /// <summary>Memory for records that are not acknowledged yet, in bytes. Default 16 MiB, range 256 KiB to 1 GiB.
    /// Raising it lets a program outlast a longer absence of the collector, at the price of its memory.</summary>
    public int BufferBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>What a call does when the buffer is full. Default <see cref="FullMode.Drop"/>.</summary>
    public FullMode FullMode { get; set; } = FullMode.Drop;

    /// <summary>With <see cref="FullMode.Wait"/>, the longest wait of one call. Default 1 s;
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, so that a program stops while its collector is
    /// away.</summary>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long dispose waits until the collector has acknowledged everything. Default 5 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a record may wait for others to share its batch. Default 50 ms; zero sends at once, which
    /// costs the collector more for each record.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Called once by dispose when records could not be delivered in time. Without it one line goes to
    /// standard error.</summary>
    public Action<LogShipperStatistics>? OnUndelivered { get; set; }

    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Connects in another way than by <see cref="Endpoint"/>: tests cut connections with it.</summary>
    internal Func<CancellationToken, ValueTask<Connection>>? Connect { get; set; }

    internal void Check()
    {
        CheckEndpoint();
        if (BufferBytes is < ShippingLimits.BufferBytesMin or > ShippingLimits.BufferBytesMax)
        {
            throw new ArgumentException(
                $"BufferBytes is {BufferBytes}; it must be from {ShippingLimits.BufferBytesMin} to "
                + $"{ShippingLimits.BufferBytesMax}.");
        }

        CheckTime(WaitTimeout, nameof(WaitTimeout));
        CheckTime(ShutdownTimeout, nameof(ShutdownTimeout));
        if (Linger < TimeSpan.Zero || Linger > TimeSpan.FromMinutes(1))
            throw new ArgumentException($"Linger is {Linger}; it must be from 0 to 1 minute.");
    }

    private void CheckEndpoint()
    {
        if (!Connections.Endpoint.TryParse(Endpoint, out var endpoint, out var problem))
            throw new ArgumentException(problem);
        if (Connect is not null) return;
        try
        {
            // A scheme that nobody knows would be tried for ever, and each time in vain.
            Transports.TransportRegistry.Find(endpoint);
        }
        catch (ConnectionException exception)
        {
            throw new ArgumentException(exception.Message, exception);
        }
    }

    private static void CheckTime(TimeSpan value, string name)
    {
        if (value == Timeout.InfiniteTimeSpan || (value >= TimeSpan.Zero && value <= TimeSpan.FromDays(1))) return;
        throw new ArgumentException($"{name} is {value}; it must be from 0 to 1 day, or infinite.");
    }
}
