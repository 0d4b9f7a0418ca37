using System.Globalization;
using System.Text;

namespace Culvert.Cli.Services;

/// <summary>
/// Standard output and error of a process that has none, as a service of Windows: lines in <c>service.log</c> of the
/// data folder. Until that is known, and for the system's event log, the last ones are kept.
/// </summary>
/// <remarks>Any thread. Never throws: a full disk must not end a collector over what it says of itself.</remarks>
internal sealed class ServiceLog(TimeProvider time) : TextWriter(CultureInfo.InvariantCulture)
{
    public const string FileName = "service.log";

    private readonly Lock _lock = new();
    private readonly Queue<string> _lastLines = new();
    private readonly StringBuilder _line = new();
    private StreamWriter? _file;
    private string? _path;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>The last lines, for the event log.</summary>
    public string LastLines
    {
        get
        {
            lock (_lock) return string.Join(Environment.NewLine, _lastLines);
        }
    }

    /// <summary>Writes to a file of this folder from now on, beginning with what was kept.</summary>
    public void Open(string folder)
    {
        lock (_lock)
        {
            _path = Path.Combine(folder, FileName);
            TryWrite(() =>
            {
                Directory.CreateDirectory(folder);
                _file = OpenFile(_path);
                foreach (var line in _lastLines) _file.WriteLine(line);
            });
        }
    }

    public override void Write(char value)
    {
        lock (_lock)
        {
            if (value == '\n') EndLine();
            else if (value != '\r') _line.Append(value);
        }
    }

    public override void Write(string? value)
    {
        lock (_lock)
        {
            foreach (var letter in value ?? "") Write(letter);
        }
    }

    public override void WriteLine(string? value)
    {
        lock (_lock)
        {
            Write(value);
            EndLine();
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            TryWrite(() => _file?.Dispose());
            _file = null;
            _path = null;
        }

        base.Dispose(disposing);
    }

    private static StreamWriter OpenFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        return new StreamWriter(path, options) { AutoFlush = true };
    }

    private void EndLine()
    {
        var line = $"{time.GetLocalNow():yyyy-MM-dd HH:mm:ss} {_line}";
        _line.Clear();
        _lastLines.Enqueue(line);
        if (_lastLines.Count > WindowsServiceLimits.LineCountMax) _lastLines.Dequeue();
        TryWrite(() =>
        {
            _file?.WriteLine(line);
            if (_file?.BaseStream.Length >= WindowsServiceLimits.LogBytesMax) BeginAnew();
        });
    }

    private void BeginAnew()
    {
        _file!.Dispose();
        _file = null;
        File.Move(_path!, _path + ".1", overwrite: true);
        _file = OpenFile(_path!);
    }

    private static void TryWrite(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The last lines are still there for the event log.
        }
    }
}
