using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Spool;

/// <summary>Watches the free space of the spool's disk. Looked at by the committer, read by any thread.</summary>
internal sealed class FreeSpaceWatch(ISpoolFiles files, long floorBytes, ILogger logger)
{
    private long _unlooked;
    private int _pressure;

    public SpoolPressure Pressure => (SpoolPressure)Volatile.Read(ref _pressure);

    /// <summary>So much was written since; looks again when that could matter.</summary>
    public void Wrote(int bytes)
    {
        _unlooked += bytes;
        if (_unlooked >= SpoolLimits.FreeSpaceCheckBytes) Look();
    }

    /// <summary>A write failed: nothing is taken until the next tick looks again, so that a broken disk is not asked by
    /// every batch.</summary>
    public void Failed() => Set(SpoolPressure.Refuse, files);

    public void Look()
    {
        _unlooked = 0;
        if (floorBytes == 0)
        {
            Set(SpoolPressure.None, files);
            return;
        }

        var free = files.FreeBytes;
        Set(
            free < floorBytes ? SpoolPressure.Refuse
            : free < 2 * floorBytes ? SpoolPressure.ShedWarning
            : free < 3 * floorBytes ? SpoolPressure.ShedInfo
            : free < 4 * floorBytes ? SpoolPressure.ShedDebug
            : SpoolPressure.None,
            files);
    }

    private void Set(SpoolPressure pressure, ISpoolFiles where)
    {
        var before = (SpoolPressure)Interlocked.Exchange(ref _pressure, (int)pressure);
        if (before == pressure) return;
        if (pressure == SpoolPressure.None)
            SpoolLog.DiskRecovered(logger, where.Folder);
        else
            SpoolLog.DiskShort(logger, where.Folder, where.FreeBytes, Effect(pressure));
    }

    private static string Effect(SpoolPressure pressure) => pressure switch
    {
        SpoolPressure.ShedDebug => "Trace and Debug records are dropped and counted",
        SpoolPressure.ShedInfo => "records below Warning are dropped and counted",
        SpoolPressure.ShedWarning => "records below Error are dropped and counted",
        _ => "nothing is taken, and senders keep what they have",
    };
}
