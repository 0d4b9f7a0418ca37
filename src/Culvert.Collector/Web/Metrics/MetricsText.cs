using System.Globalization;
using System.Text;

namespace Culvert.Collector.Web.Metrics;

/// <summary>
/// Writes Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): one family at a time,
/// its help and type first, buckets in the order of their bounds.
/// </summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new(8 * 1024);
    private string _family = "";

    /// <summary>Begins a family. Names end in _total for a counter, and carry their unit.</summary>
    public void Family(string name, string type, string help)
    {
        _family = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Line("", value, labels);

    /// <summary>A family of one sample without labels.</summary>
    public void Single(string name, string type, string help, double value)
    {
        Family(name, type, help);
        Sample(value);
    }

    /// <summary>The samples of a histogram: counts for each bucket alone, the last without a bound.</summary>
    public void Histogram(ReadOnlySpan<double> bounds, ReadOnlySpan<long> counts, double sum)
    {
        long total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            Line("_bucket", total, [("le", i < bounds.Length ? Number(bounds[i]) : "+Inf")]);
        }

        Line("_sum", sum, []);
        Line("_count", total, []);
    }

    public override string ToString() => _text.ToString();

    private void Line(string suffix, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_family).Append(suffix);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            Escape(labels[i].Value);
            _text.Append('"');
        }

        if (labels.Length > 0) _text.Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private void Escape(string value)
    {
        foreach (var c in value)
        {
            switch (c)
            {
                case '\\': _text.Append("\\\\"); break;
                case '"': _text.Append("\\\""); break;
                case '\n': _text.Append("\\n"); break;
                default: _text.Append(c); break;
            }
        }
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
