using System.Globalization;
using Culvert.Collector;
using Culvert.Collector.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.TestPeer;

/// <summary>A whole collector, and a program that logs to one.</summary>
internal static class CollectorRoles
{
    public const string Collect = "collect";
    public const string Log = "log";

    /// <summary>The same with a pause in the middle, until it is nudged.</summary>
    public const string LogInHalves = "log-in-halves";

    /// <summary>Records that <see cref="Log"/> writes.</summary>
    private const int Records = 3000;

    public static async Task<int> RunAsync(string role, string endpoint)
    {
        await LogAllAsync(endpoint, role == LogInHalves ? Records / 2 : -1);
        return 0;
    }

    /// <summary>Takes records into this folder until it is nudged; then stops, reads the folder again, and says what is
    /// in it.</summary>
    public static async Task<int> CollectAsync(string endpoint, string folder)
    {
        var configuration = new ConfigurationReader(CollectorSettings.Catalog).Read(
        [
            ConfigurationSources.Option("http.address", "127.0.0.1:0", "test"),
            ConfigurationSources.Option("inputs.programs.type", "listen", "test"),
            ConfigurationSources.Option("inputs.programs.endpoint", endpoint, "test"),
        ]);
        await using (await CollectorHost.StartAsync(
            configuration, folder, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None))
        {
            Say("ready");
            await Console.In.ReadLineAsync();
        }

        string said;
        await using (var data = CollectorData.Open(
            configuration, folder, NullLoggerFactory.Instance, TimeProvider.System))
        {
            var ledger = data.Ledger.Snapshot();
            var total = ledger.Total;
            var stored = ledger.Outputs.Single(output => output.Name == "store").Stored;
            said = string.Create(
                CultureInfo.InvariantCulture,
                $"spooled {total.Spooled} stored {stored} dropped {total.DroppedTotal} {ledger.Balanced}");
        }

        Say(said); // Last, since the test ends this process when it has read it.
        return 0;
    }

    private static async Task LogAllAsync(string endpoint, int pauseAt)
    {
        using (var loggers = LoggerFactory.Create(logging => logging.AddCulvert(options =>
        {
            options.Endpoint = endpoint;
            options.Service = "test-peer";
        })))
        {
            var logger = loggers.CreateLogger("Peer");
            for (var i = 0; i < Records; i++)
            {
                if (i == pauseAt)
                {
                    Say("half");
                    await Console.In.ReadLineAsync();
                }

                logger.LogInformation("Record {Number} of {Total}", i, Records);
            }
        }

        // Dispose has waited until the collector had it all on disk.
        Say(string.Create(CultureInfo.InvariantCulture, $"logged {Records}"));
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
