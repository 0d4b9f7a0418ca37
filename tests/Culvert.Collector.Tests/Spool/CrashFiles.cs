using Culvert.Collector.Spool;

namespace Culvert.Collector.Tests.Spool;

/// <summary>
/// A folder in memory that can lose power after any operation: of what was not flushed, any part survives, files by
/// sectors, creations and deletions one by one. It can also refuse to write or to flush.
/// </summary>
internal sealed class CrashFiles : ISpoolFiles
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CrashFile> _seen = [];
    private readonly Dictionary<string, CrashFile> _durable = [];
    private int _operationsLeft = int.MaxValue;
    private int _epoch;

    public string Folder => "memory";

    public long FreeBytes { get; set; } = long.MaxValue;

    /// <summary>The next flush of a file fails, as on a broken disk.</summary>
    public bool FailNextFlush { get; set; }

    /// <summary>The next write stores a half and fails, as on a full disk.</summary>
    public bool FailNextWrite { get; set; }

    /// <summary>Every write and flush fails.</summary>
    public bool IsBroken { get; set; }

    public bool IsCrashed => _operationsLeft <= 0;

    /// <summary>Power is lost in the middle of the operation after so many.</summary>
    public void CrashAfter(int operations)
    {
        lock (_lock) _operationsLeft = operations;
    }

    /// <summary>Power comes back: files hold what survived. Handles from before are dead.</summary>
    public void Restart(Random random)
    {
        lock (_lock)
        {
            _operationsLeft = int.MaxValue;
            _epoch++;
            (FailNextFlush, FailNextWrite, IsBroken) = (false, false, false);
            foreach (var name in _seen.Keys.Union(_durable.Keys).ToList())
            {
                var isDurable = _durable.TryGetValue(name, out var before);
                var isSeen = _seen.TryGetValue(name, out var now);
                if (isDurable != isSeen && random.Next(2) == 0) (isDurable, before) = (isSeen, now);
                if (isDurable) _durable[name] = before!;
                else _durable.Remove(name);
            }

            _seen.Clear();
            foreach (var (name, file) in _durable)
            {
                file.Crash(random);
                _seen[name] = file;
            }
        }
    }

    public CrashFile this[string name] => _seen[name];

    public IReadOnlyList<(string Name, long Bytes)> List()
    {
        lock (_lock)
        {
            Step();
            return [.. _seen.Select(pair => (pair.Key, pair.Value.Length))];
        }
    }

    public ISpoolFile OpenWrite(string name)
    {
        lock (_lock)
        {
            Step();
            if (!_seen.TryGetValue(name, out var file)) _seen[name] = file = new CrashFile();
            return new Handle(this, file);
        }
    }

    public ISpoolFile OpenRead(string name)
    {
        lock (_lock)
        {
            return _seen.TryGetValue(name, out var file) ? new Handle(this, file)
                : throw new FileNotFoundException(name);
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            _seen.Remove(name);
            Step();
        }
    }

    public void FlushFolder()
    {
        lock (_lock)
        {
            Step();
            _durable.Clear();
            foreach (var (name, file) in _seen) _durable[name] = file;
        }
    }

    private void Step()
    {
        if (_operationsLeft != int.MaxValue) _operationsLeft--;
        if (_operationsLeft <= 0) throw new IOException("Power is lost.");
    }

    private sealed class Handle(CrashFiles owner, CrashFile file) : ISpoolFile
    {
        private readonly int _epoch = owner._epoch;

        public long Length
        {
            get
            {
                lock (owner._lock) return file.Length;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (owner._lock)
            {
                CheckAlive();
                if (owner.FailNextWrite || owner.IsBroken)
                {
                    owner.FailNextWrite = false;
                    file.Write(offset, bytes[..(bytes.Length / 2)]);
                    throw new IOException("No space left on device.");
                }

                file.Write(offset, bytes);
                owner.Step();
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (owner._lock) return file.Read(offset, buffer);
        }

        public void SetLength(long length)
        {
            lock (owner._lock)
            {
                CheckAlive();
                file.SetLength(length);
                owner.Step();
            }
        }

        public void Flush()
        {
            lock (owner._lock)
            {
                CheckAlive();
                owner.Step();
                if (owner.FailNextFlush || owner.IsBroken)
                {
                    owner.FailNextFlush = false;
                    file.LoseChanges();
                    throw new IOException("Input/output error.");
                }

                file.Flush();
            }
        }

        public void Dispose()
        {
        }

        private void CheckAlive()
        {
            if (_epoch != owner._epoch) throw new IOException("The handle is from before the crash.");
        }
    }
}
