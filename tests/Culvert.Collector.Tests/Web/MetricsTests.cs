using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Collector.Web.Metrics;

namespace Culvert.Collector.Tests.Web;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_OfACollector_KeepTheFormatAndTheSums()
    {
        await using var site = await LogSite.StartAsync();
        await LogApiTests.FillAsync(site, 100);
        site.StoreAll();

        var text = await site.GetAsync("/metrics");
        var samples = Parse(text);

        Assert.Equal(100, samples["culvert_records_received_total{input=\"listen\"}"]);
        Assert.Equal(100, samples["culvert_output_records_stored_total{output=\"store\"}"]);
        Assert.Equal(1, samples["culvert_ledger_balanced"]);
    }

    [Fact]
    public async Task Metrics_OfACollector_PassPromtool()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/promtool"),
            "Needs promtool (Debian package prometheus).");
        await using var site = await LogSite.StartAsync();
        await LogApiTests.FillAsync(site, 10);
        var start = new ProcessStartInfo("/usr/bin/promtool",
            ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var text = await site.GetAsync("/metrics");
        await process.StandardInput.WriteAsync(text.AsMemory(), TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, errors);
    }

    [Fact]
    public void Text_LabelsAndBuckets_AreExact()
    {
        var text = new MetricsText();
        text.Family("a_seconds", "histogram", "Help.");
        text.Histogram([0.1, 1], [2, 3, 4], 5.5);
        text.Family("b_total", "counter", "Help.");
        text.Sample(7, ("name", "quote \" slash \\ line\n"));
        Assert.Equal(
            "# HELP a_seconds Help.\n# TYPE a_seconds histogram\na_seconds_bucket{le=\"0.1\"} 2\n"
            + "a_seconds_bucket{le=\"1\"} 5\n"
            + "a_seconds_bucket{le=\"+Inf\"} 9\na_seconds_sum 5.5\na_seconds_count 9\n# HELP b_total Help.\n"
            + "# TYPE b_total counter\n"
            + "b_total{name=\"quote \\\" slash \\\\ line\\n\"} 7\n",
            text.ToString());
    }

    /// <summary>A strict reader: every sample under its own family's type, each series once, buckets sorted and summing
    /// up.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text);
        var samples = new Dictionary<string, double>();
        var families = new HashSet<string>();
        var (family, type, lastBucket) = ("", "", (Bound: double.NegativeInfinity, Count: 0.0));
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), $"{family} stands twice");
                lastBucket = (double.NegativeInfinity, 0);
                continue;
            }

            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(family, line.Split(' ')[2]);
                type = line.Split(' ')[3];
                Assert.Contains(type, new[] { "counter", "gauge", "histogram" });
                if (type == "counter") Assert.EndsWith("_total", family);
                continue;
            }

            var match = Sample().Match(line);
            Assert.True(match.Success, line);
            var name = match.Groups["name"].Value;
            Assert.Equal(family, type == "histogram" ? Regex.Replace(name, "_(bucket|sum|count)$", "") : name);
            var value = double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
            Assert.True(samples.TryAdd(name + match.Groups["labels"].Value, value), line);
            if (!name.EndsWith("_bucket", StringComparison.Ordinal)) continue;
            var le = Regex.Match(line, "le=\"([^\"]+)\"").Groups[1].Value;
            var bound = le == "+Inf" ? double.PositiveInfinity : double.Parse(le, CultureInfo.InvariantCulture);
            Assert.True(bound > lastBucket.Bound && value >= lastBucket.Count, line);
            lastBucket = (bound, value);
        }

        return samples;
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|["""
        + """^"\\\n])*")*\})? (?<value>[-+0-9.eE]+)$""")]
    private static partial Regex Sample();
}
