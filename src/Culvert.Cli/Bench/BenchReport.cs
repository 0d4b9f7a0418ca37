using System.Globalization;
using System.Text.Json;

namespace Culvert.Cli.Bench;

/// <summary>
/// Prints the results of one benchmark: a table for people, or with <c>--json</c> one object a line.
/// A figure's name ends with its unit: <c>p50_us</c>, <c>messages_per_s</c>, <c>rss_mb</c>.
/// </summary>
internal sealed class BenchReport(string bench, bool json, TextWriter output)
{
    private bool _anyWrong;
    private string[] _columns = [];

    /// <summary>0 when every answer was right.</summary>
    public int ExitCode => _anyWrong ? Cli.ExitCode.Failed : Cli.ExitCode.Done;

    /// <summary>Prints one row.</summary>
    /// <param name="subject">What was measured: <c>unix pingpong</c>.</param>
    /// <param name="size">The size it was measured at: <c>64 B</c>.</param>
    /// <param name="figures">Figures by name with unit, in the order of printing.</param>
    /// <param name="baseline">What it is compared with.</param>
    /// <param name="ratio">Subject divided by baseline, of the first figure.</param>
    /// <param name="verdict">What follows from the figures.</param>
    public void Add(
        string subject, string size, IReadOnlyList<(string Name, double Value)> figures,
        string? baseline = null, double? ratio = null, string? verdict = null)
    {
        if (json) WriteJson(subject, size, figures, baseline, ratio, verdict);
        else WriteRow(subject, size, figures, baseline, ratio, verdict);
        output.Flush();
    }

    /// <summary>Prints whether a ratio keeps within its mark.</summary>
    /// <param name="what">What is divided by what: <c>shm pingpong / C</c>.</param>
    /// <param name="size">The size it was measured at.</param>
    /// <param name="ratio">As measured in this run.</param>
    /// <param name="mark">What it must be.</param>
    /// <param name="isMost">The mark is the most, and not the least, that the ratio may be.</param>
    public void Mark(string what, string size, double ratio, double mark, bool isMost)
    {
        var isHeld = isMost ? ratio <= mark : ratio >= mark;
        Add(
            what, size, [("ratio_measured", ratio), (isMost ? "at_most" : "at_least", mark)],
            verdict: isHeld ? "held" : "missed");
    }

    /// <summary>Says that an answer was wrong; the benchmark then exits with 1.</summary>
    public void Wrong(string what)
    {
        _anyWrong = true;
        Console.Error.WriteLine($"{bench}: wrong answer: {what}");
    }

    private void WriteJson(
        string subject, string size, IReadOnlyList<(string Name, double Value)> figures, string? baseline,
        double? ratio, string? verdict)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("bench", bench);
            writer.WriteString("subject", subject);
            writer.WriteString("size", size);
            foreach (var (name, value) in figures) writer.WriteNumber(name, Math.Round(value, 3));
            if (baseline is not null) writer.WriteString("baseline", baseline);
            if (ratio is not null) writer.WriteNumber("ratio", Math.Round(ratio.Value, 3));
            if (verdict is not null) writer.WriteString("verdict", verdict);
            writer.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private void WriteRow(
        string subject, string size, IReadOnlyList<(string Name, double Value)> figures, string? baseline,
        double? ratio, string? verdict)
    {
        var columns = figures.Select(figure => figure.Name).ToArray();
        if (!columns.SequenceEqual(_columns))
        {
            _columns = columns;
            output.WriteLine();
            output.WriteLine(
                $"{bench,-28}{"size",9}{string.Concat(columns.Select(name => $" {name,17}"))}  compared with");
        }

        var cells = string.Concat(figures.Select(figure => $"{Format(figure.Value),18}"));
        var comparison = baseline is null
            ? (verdict is null ? "" : $"  {verdict}")
            : $"  {ratio?.ToString("0.00", CultureInfo.InvariantCulture)}x {baseline}";
        output.WriteLine($"{subject,-28}{size,9}{cells}{comparison}");
    }

    private static string Format(double value) =>
        value.ToString(Math.Abs(value) >= 1000 ? "#,0" : "0.###", CultureInfo.InvariantCulture);
}
