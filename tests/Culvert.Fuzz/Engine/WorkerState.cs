using System.IO.MemoryMappedFiles;

namespace Culvert.Fuzz.Engine;

/// <summary>
/// A file that a worker and the one who watches it share, so that the input that ended the worker is not lost:
/// <code>
///   0  runs     u64   inputs run so far; the worker's, read by the watcher to tell a hang
///   8  length   i32   of the input under way
///  16  input          the input under way
/// </code>
/// </summary>
internal sealed class WorkerState : IDisposable
{
    private const int LengthOffset = sizeof(ulong);
    private const int InputOffset = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public WorkerState(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(
            path, FileMode.OpenOrCreate, null, InputOffset + FuzzLimits.InputBytesMax);
        _view = _file.CreateViewAccessor();
    }

    public long Runs => _view.ReadInt64(0);

    public byte[] Input
    {
        get
        {
            var input = new byte[Math.Clamp(_view.ReadInt32(LengthOffset), 0, FuzzLimits.InputBytesMax)];
            _view.ReadArray(InputOffset, input, 0, input.Length);
            return input;
        }
    }

    public void Begin(byte[] input, long runs)
    {
        _view.WriteArray(InputOffset, input, 0, input.Length);
        _view.Write(LengthOffset, input.Length);
        _view.Write(0, runs);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
