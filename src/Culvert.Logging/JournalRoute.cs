using Culvert.Journals;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Logging;

/// <summary>Records are written into a file that outlives the program. Dispose waits for nobody: what is there is
/// kept.</summary>
internal sealed class JournalRoute : IRecordRoute
{
    private readonly JournalWriter _writer;
    private readonly JournalWriter? _spill;
    private readonly TimeProvider _time;

    private JournalRoute(JournalOptions options)
    {
        (Resource, _time) = (options.Resource, options.Time);
        (_writer, _spill) = (JournalWriter.Create(options), options.Spill);
    }

    public IRecordSink Sink => _writer;

    public byte[] Resource { get; }

    public LogShipperStatistics Statistics
    {
        get
        {
            var dropped = new ulong[LogProtocol.LevelCount];
            _writer.ReadDropped(dropped);
            var consumed = _writer.Consumed + (_spill?.Consumed ?? 0);
            var produced = _writer.Produced + (_spill?.Produced ?? 0);
            var gone = consumed + dropped.Aggregate(0UL, (sum, count) => sum + count);
            return new LogShipperStatistics
            {
                Produced = produced,
                Acknowledged = consumed,
                Sent = consumed,
                DroppedByLevel = dropped,
                Undelivered = produced > gone ? produced - gone : 0,
                IsConnected = false,
                Problem = null,
            };
        }
    }

    /// <summary>Opens a journal when the options ask for one, or null when the connection is the way.</summary>
    public static JournalRoute? TryOpen(CulvertLoggerOptions options, LogShipperOptions shipping)
    {
        if (!IsWanted(options)) return null;
        var problem = JournalFolder.Unsupported;
        if (problem is null)
        {
            var resource = AttributeWriter.Encode(shipping.Resource);
            var spill = TryMakeSpill(options, resource);
            foreach (var folder in Folders(options))
            {
                if (TryOpen(folder, options, resource, spill, out problem) is { } route) return route;
            }

            spill?.Dispose();
        }

        // Logging never stops a program, and the other way is there.
        if (options.Journal == JournalMode.Always)
            Tell($"there is no journal, records go to {options.Endpoint} instead: {problem}");
        return null;
    }

    public async Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (target, spilled) = (_writer.Produced, _spill?.Produced ?? 0);
        var started = _time.GetTimestamp();
        while (!_writer.IsConsumedTo(target) || _spill?.IsConsumedTo(spilled) == false)
        {
            if (timeout != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(started) >= timeout) return false;
            await Task.Delay(JournalLimits.FlushPause, _time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    public void Dispose() => _writer.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsWanted(CulvertLoggerOptions options)
    {
        if (options.Journal != JournalMode.Auto) return options.Journal == JournalMode.Always;

        // A folder that a collector of this user made says that somebody will read there; another machine's collector,
        // or another user's, does not.
        var folder = options.JournalFolder ?? JournalFolder.OnDisk(JournalFolder.DefaultData);
        return options.Endpoint == LogShipperOptions.DefaultEndpoint && options.Connect is null
            && JournalFolder.Unsupported is null && JournalFolder.Problem(folder) is null;
    }

    /// <summary>Where to try, the best first.</summary>
    private static IEnumerable<string> Folders(CulvertLoggerOptions options)
    {
        if (options.JournalFolder is { } named) return [named];
        var data = JournalFolder.DefaultData;
        return JournalFolder.InMemory(data) is { } memory
            ? [memory, JournalFolder.OnDisk(data)]
            : [JournalFolder.OnDisk(data)];
    }

    private static JournalRoute? TryOpen(
        string folder, CulvertLoggerOptions options, byte[] resource, JournalWriter? spill, out string? problem)
    {
        problem = null;
        try
        {
            return new JournalRoute(new JournalOptions
            {
                Folder = folder,
                CapacityBytes = options.BufferBytes,
                Resource = resource,
                FullMode = options.FullMode,
                WaitTimeout = options.WaitTimeout,
                Spill = spill,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception.Message;
            return null;
        }
    }

    /// <summary>Another journal, on the disk, which the collector drains like any.</summary>
    private static JournalWriter? TryMakeSpill(CulvertLoggerOptions options, byte[] resource)
    {
        if (options.SpillBytes == 0) return null;
        try
        {
            return JournalWriter.Create(new JournalOptions
            {
                Folder = options.JournalFolder ?? JournalFolder.OnDisk(JournalFolder.DefaultData),
                CapacityBytes = options.SpillBytes,
                Resource = resource,
                StaysInMemory = false,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell($"what finds no room in the journal is not kept on the disk: {exception.Message}");
            return null;
        }
    }

    private static void Tell(string sentence)
    {
        try
        {
            Console.Error.WriteLine($"culvert: {sentence}");
        }
        catch (IOException)
        {
            // Nobody listens there either.
        }
    }
}
