using System.Text;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Files;
using Culvert.Collector.Intake;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs.Files;

/// <summary>A folder of log files and an input that follows them, driven pass by pass.</summary>
internal sealed class FilesFixture : IAsyncDisposable
{
    private readonly Dictionary<string, FileStream> _writers = [];
    private FilesInput? _input;

    public FilesFixture() => Folder = Directory.CreateTempSubdirectory("culvert-files-").FullName;

    public string Folder { get; }

    public TestClock Clock { get; } = new();

    public CapturingIntake Intake { get; } = new();

    public IReadOnlyList<string> Bodies => Intake.Bodies;

    public int FileCount => _input!.FileCount;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public FilesOptions Options(params string[] patterns) => new()
    {
        Patterns = [.. patterns.Select(PathOf)], StateFile = PathOf("state/files"),
    };

    public InputContext Context(TimeProvider? time = null) =>
        new("files", Intake, new Ledger(), time ?? Clock, NullLoggerFactory.Instance);

    public FilesInput Start(FilesOptions options)
    {
        _input = new FilesInput(Context(), options);
        _input.Open();
        return _input;
    }

    public FilesInput Start(params string[] patterns) => Start(Options(patterns));

    /// <summary>One pass after another until what is held has waited long enough.</summary>
    public async Task ReadAllAsync()
    {
        await PassAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await PassAsync();
    }

    public async Task PassAsync()
    {
        _input!.ScanNext();
        await _input.PassAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    /// <summary>Ends the input as kill -9 would: what it has not saved is gone.</summary>
    public async Task KillAsync()
    {
        if (_input is not null) await _input.DisposeAsync();
        _input = null;
    }

    /// <summary>The state as it was at an earlier time, as after a crash that came before it was saved again.</summary>
    public byte[] SaveState()
    {
        using var file = new FileStream(PathOf("state/files"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public void RestoreState(byte[] state) => File.WriteAllBytes(PathOf("state/files"), state);

    /// <summary>Adds to a file through one writer that stays open and does not follow a truncation.</summary>
    public void Append(string name, string text) => Append(name, Encoding.UTF8.GetBytes(text));

    public void Append(string name, byte[] bytes)
    {
        if (!_writers.TryGetValue(name, out var writer))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
            writer = new FileStream(PathOf(name), FileMode.Append, FileAccess.Write,
                FileShare.ReadWrite | FileShare.Delete, 0);
            _writers[name] = writer;
        }

        writer.Write(bytes);
        writer.Flush();
    }

    /// <summary>Lets go of the writer, so that the next one opens the file of that name anew.</summary>
    public void Reopen(string name)
    {
        if (_writers.Remove(name, out var writer)) writer.Dispose();
    }

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Truncate(string name)
    {
        using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        foreach (var writer in _writers.Values) writer.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
