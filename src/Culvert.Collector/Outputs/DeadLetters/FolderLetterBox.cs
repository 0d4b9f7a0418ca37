using System.Text;

namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>The letters that a collector keeps in its folder, also while it runs. What was sent again is noted in a
/// file beside them, since the letters' own files are the collector's.</summary>
/// <param name="folder">See <see cref="DeadLetterFolder"/>.</param>
/// <param name="resend">Sends a letter to the output of that name; throws <see cref="OutputException"/>.</param>
internal sealed class FolderLetterBox(string folder, Func<KeptLetter, CancellationToken, Task> resend) : ILetterBox
{
    private const string ReplayedFile = "replayed.txt";

    private string Replayed => Path.Combine(folder, ReplayedFile);

    public IEnumerable<KeptLetter> Read(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) yield break;
        var replayed = File.Exists(Replayed) ? File.ReadAllLines(Replayed).ToHashSet(StringComparer.Ordinal) : [];
        var outputs = Directory.GetFiles(folder, "*.jsonl")
            .Select(file => Path.GetFileName(file).Split('.')[0]).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        foreach (var file in outputs.SelectMany(output => DeadLetterFolder.Files(folder, output)))
        {
            foreach (var line in File.ReadLines(file, Encoding.UTF8))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (DeadLetterJson.TryRead(line, replayed) is { } letter) yield return letter;
            }
        }
    }

    public async Task ReplayAsync(KeptLetter letter, CancellationToken cancellationToken)
    {
        await resend(letter, cancellationToken).ConfigureAwait(false);
        await File.AppendAllLinesAsync(Replayed, [letter.Id], CancellationToken.None).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
