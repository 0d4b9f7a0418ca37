using Culvert.Collector.Spool;

namespace Culvert.Collector.Outputs.Files;

/// <summary>
/// Writes records as JSON lines to a file that begins anew at its size; the ones before it are path.1 (the newest) to
/// path.N. A record is confirmed after the fsync of its line.
/// </summary>
/// <remarks>After a crash the lines since the last checkpoint of the cursor (5 s at most) come once more; each carries
/// its position, by which they are told. A line that a crash cut is removed at the next start.</remarks>
internal sealed class FileSink(FileSinkOptions options) : IOutputSink
{
    private readonly JsonLines _lines = new();
    private FileStream? _file;
    private long _length;

    public ulong Confirmed { get; private set; }

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(options.Path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        Open();
        _length = FileTear.Length(_file!.SafeFileHandle);
        RandomAccess.SetLength(_file.SafeFileHandle, _length);
        return ValueTask.CompletedTask;
    }

    public int Write(in SpoolEntry entry, int first) => _lines.Add(entry, first, FileSinkOptions.BufferBytes);

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_lines.Written.IsEmpty) return ValueTask.CompletedTask;
        if (_length > 0 && _length + _lines.Written.Length > options.MaxSizeBytes) Rotate();
        RandomAccess.Write(_file!.SafeFileHandle, _lines.Written.Span, _length);
        FileDurability.Flush(_file.SafeFileHandle);
        _length += _lines.Written.Length;
        _lines.Clear();
        Confirmed = _lines.Next;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        _lines.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Rotate()
    {
        _file!.Dispose();
        for (var i = options.FileCount - 1; i >= 1; i--)
        {
            var from = i == 1 ? options.Path : Numbered(i - 1);
            if (File.Exists(from)) File.Move(from, Numbered(i), overwrite: true);
        }

        if (options.FileCount == 1) File.Delete(options.Path);
        Open();
        _length = 0;
    }

    private void Open()
    {
        var isNew = !File.Exists(options.Path);
        var open = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0,
        };
        // Records are for the one who runs the collector until somebody decides otherwise.
        if (!OperatingSystem.IsWindows()) open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(options.Path, open);
        if (isNew) FileDurability.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
    }

    private string Numbered(int number) => $"{options.Path}.{number}";
}
