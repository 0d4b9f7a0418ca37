using System.Numerics;
using Culvert.Records;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Inputs.Files;

/// <summary>
/// Keeps the state of all files in one append-only file, so that saving a few positions costs one write and one fsync,
/// however many files there are. The last entry of a producer counts; when most are out of date, the file is
/// written anew beside the old one and renamed over it.
/// <code>entry := length u32 | crc32c u32 of what follows | FileState</code>
/// </summary>
/// <remarks>One thread at a time. A torn or damaged entry ends the reading: what stands before it counts, and the
/// records behind an older position are recognised by the intake.</remarks>
internal sealed class FileStateLog : IDisposable
{
    private const int HeadBytes = 8;

    // About what an entry takes, to tell when most of the file is out of date.
    private const int EntryBytes = 160;

    private readonly string _path;
    private readonly RecordBuffer _buffer = new();
    private readonly Dictionary<UInt128, FileState> _states = [];
    private SafeFileHandle _file;
    private long _length;

    private FileStateLog(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    public IReadOnlyCollection<FileState> States => _states.Values;

    /// <summary>Opens or makes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="forgetBeforeNs">States seen last before this time are forgotten.</param>
    public static FileStateLog Open(string path, long forgetBeforeNs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var log = new FileStateLog(path, OpenFile(path));
        log.Load();
        foreach (var old in log._states.Values.Where(state => state.SeenNs < forgetBeforeNs).ToArray())
            log._states.Remove(old.Producer);
        return log;
    }

    /// <summary>Adds states to what the next <see cref="Flush"/> makes durable. One with an empty path is
    /// forgotten.</summary>
    public void Set(FileState state)
    {
        WriteEntry(state);
        if (state.Path.Length == 0) _states.Remove(state.Producer);
        else _states[state.Producer] = state;
    }

    /// <summary>Makes what was set durable. Throws IOException when the disk does not take it; it is then tried again
    /// with
    /// the next.</summary>
    public void Flush()
    {
        if (_buffer.Length == 0) return;
        if (_length + _buffer.Length > FilesLimits.StateCompactBytes && _length > 4 * EntryBytes * _states.Count)
        {
            Compact();
            return;
        }

        RandomAccess.Write(_file, _buffer.Written, _length);
        RandomAccess.FlushToDisk(_file);
        _length += _buffer.Length;
        _buffer.Clear();
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle OpenFile(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    private void WriteEntry(FileState state)
    {
        var start = _buffer.Length;
        _buffer.WriteInt64(0);
        state.WriteTo(_buffer);
        Span<byte> head = stackalloc byte[HeadBytes];
        var content = _buffer.Written[(start + HeadBytes)..];
        BitConverter.TryWriteBytes(head, content.Length);
        BitConverter.TryWriteBytes(head[4..], Crc(content));
        for (var i = 0; i < HeadBytes; i++) _buffer.PatchByte(start + i, head[i]);
    }

    private void Load()
    {
        var length = RandomAccess.GetLength(_file);
        if (length > FilesLimits.StateBytesMax) length = 0;
        var bytes = new byte[length];
        var count = 0;
        while (count < bytes.Length)
        {
            var read = RandomAccess.Read(_file, bytes.AsSpan(count), count);
            if (read == 0) break;
            count += read;
        }

        var rest = bytes.AsSpan(0, count);
        while (rest.Length >= HeadBytes)
        {
            var size = BitConverter.ToUInt32(rest);
            if (size > rest.Length - HeadBytes) break;
            var content = rest.Slice(HeadBytes, (int)size);
            if (Crc(content) != BitConverter.ToUInt32(rest[4..]) || FileState.Read(content) is not { } state) break;
            if (state.Path.Length == 0) _states.Remove(state.Producer);
            else _states[state.Producer] = state;
            rest = rest[(HeadBytes + (int)size)..];
        }

        // What cannot be read is written over by the next entry.
        _length = count - rest.Length;
        RandomAccess.SetLength(_file, _length);
    }

    private void Compact()
    {
        _buffer.Clear();
        foreach (var state in _states.Values) WriteEntry(state);
        var temporary = _path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            RandomAccess.Write(file, _buffer.Written, 0);
            RandomAccess.FlushToDisk(file);
        }

        // Windows replaces no file that is open.
        _file.Dispose();
        try
        {
            File.Move(temporary, _path, overwrite: true);
        }
        finally
        {
            _file = OpenFile(_path);
        }

        _length = _buffer.Length;
        _buffer.Clear();
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.ToUInt64(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
