using Culvert.Collector.Configuration;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector;

/// <summary>
/// A data folder, held by this process alone: its lock, spool, ledger and store. The collector opens it to work on it,
/// and the command line opens it to read when no collector runs.
/// </summary>
internal sealed class CollectorData : IAsyncDisposable
{
    private const string AddressFile = "http-address";

    private readonly DataFolderLock _lock;

    private CollectorData(
        string folder, DataFolderLock folderLock, LogSpool spool, Ledger ledger, StoreOptions storeOptions,
        LogStore store)
    {
        (Folder, _lock, Spool, Ledger, StoreOptions, Store) = (folder, folderLock, spool, ledger, storeOptions, store);
        Intake = new SpoolIntake(spool, ledger);
        Id = CollectorIdentity.Of(folder);
    }

    public string Folder { get; }

    /// <summary>Which collector this is, for others.</summary>
    public UInt128 Id { get; }

    public LogSpool Spool { get; }

    public Ledger Ledger { get; }

    public StoreOptions StoreOptions { get; }

    public LogStore Store { get; }

    public SpoolIntake Intake { get; }

    /// <summary>Opens the folder, or makes it. Throws <see cref="DataFolderHeldException"/> when another process holds
    /// it.</summary>
    /// <param name="configuration">Of the collector that works on it, or what a reader makes of it.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="loggers">Where its messages go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="forgetsOutputs">Whether cursors of outputs that are not configured go: a reader, which knows no
    /// configuration, must leave them.</param>
    public static CollectorData Open(
        CollectorConfiguration configuration, string folder, ILoggerFactory loggers, TimeProvider time,
        bool forgetsOutputs = true)
    {
        folder = Path.GetFullPath(folder);
        var held = DataFolderLock.TryAcquire(folder, time, out var holder)
            ?? throw new DataFolderHeldException(folder, holder);
        LogSpool? spool = null;
        try
        {
            var ledger = new Ledger();
            spool = LogSpool.Open(
                SpoolOptionsOf(configuration.Spool, folder), ledger, time: time,
                logger: loggers.CreateLogger<LogSpool>());
            if (forgetsOutputs) spool.RetainOutputs([.. configuration.Outputs.Select(output => output.Name)]);
            var storeOptions = StoreOptionsOf(configuration.Store, folder);
            var store = LogStore.Open(storeOptions.Folder, new SpoolTail(spool), loggers.CreateLogger<LogStore>());
            return new CollectorData(folder, held, spool, ledger, storeOptions, store);
        }
        catch
        {
            spool?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Where the collector that holds the folder serves its page, or null when it serves none.</summary>
    public static Uri? ReadAddress(string folder)
    {
        var path = Path.Combine(folder, AddressFile);
        return File.Exists(path) && Uri.TryCreate(File.ReadAllText(path).Trim(), UriKind.Absolute, out var address)
            ? address
            : null;
    }

    /// <summary>Every address of the machine is none that could be asked: its own commands ask by loopback.</summary>
    public void WriteAddress(Uri address)
    {
        var host = address.Host switch { "0.0.0.0" => "127.0.0.1", "[::]" => "[::1]", var other => other };
        var asked = new UriBuilder(address) { Host = host }.Uri;
        File.WriteAllText(Path.Combine(Folder, AddressFile), asked + "\n");
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(Path.Combine(Folder, AddressFile));
        Store.Dispose();
        await Spool.DisposeAsync();
        _lock.Dispose();
    }

    private static SpoolOptions SpoolOptionsOf(ConfiguredObject spool, string folder) => new()
    {
        Folder = Path.Combine(folder, "spool"),
        SegmentBytes = spool.Size("segmentSize"),
        MaxSizeBytes = spool.Size("maxSize"),
        MaxAge = spool.Duration("maxAge"),
        FreeSpaceFloorBytes = spool.Size("minFree"),
    };

    private static StoreOptions StoreOptionsOf(ConfiguredObject store, string folder) => new()
    {
        Folder = Path.Combine(folder, "store"),
        MaxAge = store.Duration("maxAge"),
        MaxBytes = store.Text("maxSize").Length == 0 ? null : store.Size("maxSize"),
    };
}
