using Culvert.Collector.Spool;

namespace Culvert.Fuzz.Targets;

/// <summary>A spool's folder in memory.</summary>
internal sealed class MemoryFiles : ISpoolFiles
{
    private readonly Dictionary<string, byte[]> _files = [];

    public string Folder => "memory";

    public long FreeBytes => long.MaxValue;

    public void Put(string name, byte[] bytes) => _files[name] = bytes;

    public IReadOnlyList<(string Name, long Bytes)> List() =>
        [.. _files.Select(file => (file.Key, file.Value.LongLength))];

    public ISpoolFile OpenWrite(string name)
    {
        _files.TryAdd(name, []);
        return new MemoryFile(this, name);
    }

    public ISpoolFile OpenRead(string name) =>
        _files.ContainsKey(name) ? new MemoryFile(this, name) : throw new FileNotFoundException(null, name);

    public void Delete(string name) => _files.Remove(name);

    public void FlushFolder()
    {
    }

    private sealed class MemoryFile(MemoryFiles files, string name) : ISpoolFile
    {
        public long Length => files._files[name].Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset + bytes.Length > Length) SetLength(offset + bytes.Length);
            bytes.CopyTo(files._files[name].AsSpan((int)offset));
        }

        public int Read(long offset, Span<byte> buffer)
        {
            if (offset >= Length) return 0;
            var rest = files._files[name].AsSpan((int)offset);
            rest = rest[..Math.Min(rest.Length, buffer.Length)];
            rest.CopyTo(buffer);
            return rest.Length;
        }

        public void SetLength(long length)
        {
            var bytes = files._files[name];
            Array.Resize(ref bytes, checked((int)length));
            files._files[name] = bytes;
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
