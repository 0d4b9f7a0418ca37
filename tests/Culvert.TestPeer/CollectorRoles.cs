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

    /// <summary>Records that <see cref="Log"/> writes.</summary>
    private const int Records = 3000;

    public static async Task<int> RunAsync(string role, string endpoint)
    {
        if (role == Collect) await CollectAsync(endpoint);
        else LogAll(endpoint);
        return 0;
    }

    /// <summary>Takes records until it is nudged; then stops, reads its own folder again, and says what is in
    /// it.</summary>
    private static async Task CollectAsync(string endpoint)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-collect-").FullName;
        var configuration = new ConfigurationReader(CollectorSettings.Catalog).Read(
        [
            ConfigurationSources.Option("http.address", "127.0.0.1:0", "test"),
            ConfigurationSources.Option("inputs.programs.type", "listen", "test"),
            ConfigurationSources.Option("inputs.programs.endpoint", endpoint, "test"),
        ]);
        string said;
        try
        {
            await using (await CollectorHost.StartAsync(
                configuration, folder, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None))
            {
                Say("ready");
                await Console.In.ReadLineAsync();
            }

            await using var data = CollectorData.Open(
                configuration, folder, NullLoggerFactory.Instance, TimeProvider.System);
            var ledger = data.Ledger.Snapshot();
            var stored = ledger.Outputs.Single(output => output.Name == "store").Stored;
            said = string.Create(
                CultureInfo.InvariantCulture,
                $"received {ledger.Total.Received} spooled {ledger.Total.Spooled} stored {stored} {ledger.Balanced}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Say(said); // Last, since the test ends this process when it has read it.
    }

    private static void LogAll(string endpoint)
    {
        using (var loggers = LoggerFactory.Create(logging => logging.AddCulvert(options =>
        {
            options.Endpoint = endpoint;
            options.Service = "test-peer";
        })))
        {
            var logger = loggers.CreateLogger("Peer");
            for (var i = 0; i < Records; i++) logger.LogInformation("Record {Number} of {Total}", i, Records);
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
