using Culvert.Collector.Outputs.Files;
using Culvert.Collector.Spool;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>Keeps an output's dead letters as JSON lines in a folder: name.jsonl is written, name.1.jsonl is the one
/// before it. What is beyond the limit goes, the oldest first.</summary>
internal sealed class DeadLetterFolder(string folder, OutputStatus status, ILogger logger, TimeProvider time)
    : IDeadLetters
{
    // Partner: several replies of one sink at once, which would tear each other's lines.
    private readonly Lock _gate = new();

    private readonly KeptPositions _kept = new();

    private string Newest => FileOf(folder, status.Name, 0);

    /// <summary>An output's files, oldest first.</summary>
    public static IEnumerable<string> Files(string folder, string output) =>
        Enumerable.Range(0, DeadLetterLimits.FilesMax).Reverse().Select(number => FileOf(folder, output, number))
            .Where(File.Exists);

    public ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        List<DeadLetter> fresh;
        try
        {
            lock (_gate)
            {
                fresh = [.. letters.Where(letter => !_kept.Contains(letter.Position))];
                if (fresh.Count == 0) return ValueTask.CompletedTask;
                using var lines = new MemoryStream();
                foreach (var letter in fresh)
                {
                    DeadLetterJson.Write(lines, letter, status, time.GetUtcNow());
                    lines.WriteByte((byte)'\n');
                }

                Append(lines.GetBuffer().AsSpan(0, (int)lines.Length));
                foreach (var letter in fresh) _kept.Add(letter.Position);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(
                $"Records that were refused cannot be kept in {folder}: {exception.Message} Free some space there, or "
                + "grant the right to write.", exception);
        }

        foreach (var reason in fresh.GroupBy(letter => letter.Reason, StringComparer.Ordinal))
        {
            status.CountRejected(reason.Count(), reason.Key);
            OutputLog.Rejected(logger, status.Name, reason.Count(), $"{reason.Key}: {reason.First().Problem}");
        }

        return ValueTask.CompletedTask;
    }

    private static string FileOf(string folder, string output, int number) =>
        Path.Combine(folder, number == 0 ? $"{output}.jsonl" : $"{output}.{number}.jsonl");

    private void Append(ReadOnlySpan<byte> lines)
    {
        Directory.CreateDirectory(folder);
        if (File.Exists(Newest) && new FileInfo(Newest).Length + lines.Length > DeadLetterLimits.FileBytesMax) Rotate();
        var isNew = !File.Exists(Newest);
        var open = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0,
        };
        // A letter holds what a record holds, so it is for the same eyes.
        if (!OperatingSystem.IsWindows()) open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(Newest, open);
        var end = FileTear.Length(file.SafeFileHandle);
        RandomAccess.SetLength(file.SafeFileHandle, end);
        RandomAccess.Write(file.SafeFileHandle, lines, end);
        FileDurability.Flush(file.SafeFileHandle);
        if (isNew) FileDurability.FlushFolder(folder);
    }

    private void Rotate()
    {
        var oldest = FileOf(folder, status.Name, DeadLetterLimits.FilesMax - 1);
        if (File.Exists(oldest)) OutputLog.LettersForgotten(logger, status.Name, oldest);
        for (var number = DeadLetterLimits.FilesMax - 1; number >= 1; number--)
        {
            var from = FileOf(folder, status.Name, number - 1);
            if (File.Exists(from)) File.Move(from, FileOf(folder, status.Name, number), overwrite: true);
        }
    }
}
