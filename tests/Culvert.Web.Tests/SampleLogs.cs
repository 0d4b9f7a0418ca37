using Culvert.Collector.Tests.Web;
using Culvert.Records;

namespace Culvert.Web.Tests;

/// <summary>An hour in the life of a shop, with an outage of its database in the middle. The same for the same
/// seed.</summary>
internal static class SampleLogs
{
    public static readonly string[] Services =
        ["checkout", "payments", "inventory", "gateway", "nightly-report", "sshd"];

    private const string Trace = "System.Net.Sockets.SocketException (111): Connection refused\n"
        + "   at Npgsql.Internal.NpgsqlConnector.Connect(NpgsqlTimeout timeout)\n"
        + "   at Npgsql.PoolingDataSource.OpenNewConnector(NpgsqlConnection conn)\n"
        + "   at Shop.Checkout.OrderStore.SaveAsync(Order order) in OrderStore.cs:line 88\n"
        + "   at Shop.Checkout.CheckoutService.PlaceAsync(Cart cart) in CheckoutService.cs:line 41";

    public static Task FillAsync(LogSite site, int count = 4_000, int minutes = 58)
    {
        var random = new Random(7514);
        var (nowNs, spanNs) = (LogSite.NowNs, minutes * 60_000_000_000L);
        return site.AddAsync(count, (batch, i) =>
        {
            var at = (double)i / count;

            // Traffic comes in waves, so the clock runs faster and slower over the records.
            var clock = at + 0.015 * Math.Sin(at * 40) + 0.003 * Math.Sin(at * 190) - 0.02;
            One(batch, random, nowNs - (long)((1 - clock) * spanNs) - random.NextInt64(1_000_000_000), at);
        }, Services);
    }

    private static void One(RecordBatchWriter batch, Random random, long timeNs, double at)
    {
        var isOutage = at is > 0.52 and < 0.61;
        var kind = random.Next(1000);
        var order = random.Next(10_000, 99_999);
        var ms = (int)Math.Exp(2 + random.NextDouble() * 4);
        if (isOutage && random.Next(3) > 0) kind = 940 + random.Next(60);
        switch (kind)
        {
            case < 420:
                Write(batch, 3, Severity.Info, timeNs, $"GET /api/products/{order % 60} answered 200 in {ms} ms",
                    "GET {Path} answered {Status} in {Elapsed} ms",
                    ("path", $"/api/products/{order % 60}"), ("method", "GET"), ("status", 200), ("elapsed_ms", ms));
                break;
            case < 590:
                Write(batch, 0, Severity.Info,
                    timeNs, $"Order {order} placed by customer c{order % 97} for {order % 300}.{order % 90 + 10} EUR",
                    "Order {OrderId} placed by customer {Customer} for {Amount}",
                    ("order_id", order), ("customer", $"c{order % 97}"), ("elapsed_ms", ms));
                break;
            case < 700:
                Write(batch, 2, Severity.Debug, timeNs, $"Cache hit for product {order % 60}, {order % 40} pieces in "
                    + "stock", "Cache hit for product {Product}", ("product", order % 60));
                break;
            case < 790:
                Write(batch, 1, Severity.Info, timeNs, $"Payment for order {order} authorised by provider in {ms} ms",
                    "Payment for order {OrderId} authorised", ("order_id", order), ("provider", "acme-pay"),
                    ("elapsed_ms", ms));
                break;
            case < 860:
                Write(batch, 5, Severity.Info, timeNs, "Accepted publickey for deploy from "
                    + $"10.0.{order % 9}.{order % 250} port {order % 50000 + 1024} ssh2", "");
                break;
            case < 900:
                Write(batch, 2, Severity.Trace, timeNs, "Entering ReserveStock", "", ("product", order % 60));
                break;
            case < 930:
                Write(batch, 1, Severity.Warn, timeNs, $"Provider acme-pay answered after {ms + 900} ms, trying again",
                    "Provider {Provider} answered after {Elapsed} ms", ("provider", "acme-pay"),
                    ("elapsed_ms", ms + 900), ("attempt", order % 3 + 1));
                break;
            case < 938:
                Write(batch, 4, Severity.Warn, timeNs, "Report is behind by 12 minutes", "");
                break;
            case < 985 when !isOutage:
                Write(batch, 3, Severity.Info, timeNs, $"GET /healthz answered 204 in {ms % 5 + 1} ms",
                    "GET {Path} answered {Status} in {Elapsed} ms",
                    ("path", "/healthz"), ("method", "GET"), ("status", 204), ("elapsed_ms", ms % 5 + 1));
                break;
            case < 999:
                Write(batch, 0, Severity.Error, timeNs, $"Order {order} could not be saved: connection refused by "
                    + "db1:5432", "Order {OrderId} could not be saved",
                    ("order_id", order), ("db.host", "db1"), ("exception.type", "System.Net.Sockets.SocketException"),
                    ("exception.stacktrace", Trace));
                break;
            default:
                Write(batch, 4, Severity.Fatal, timeNs, "Out of memory: the report was killed", "", ("signal", 9));
                break;
        }
    }

    private static void Write(
        RecordBatchWriter batch, int service, Severity severity, long timeNs, string body, string template,
        params (string Key, object? Value)[] attributes)
    {
        batch.BeginRecord(service, severity, timeNs);
        if (service < 4)
        {
            var id = Convert.FromHexString("4bf92f3577b34da6a3ce929d0e0e4736");
            BitConverter.TryWriteBytes(id.AsSpan(8), timeNs);
            batch.Trace(id, id.AsSpan(4, 8), 1);
        }

        if (template.Length > 0) batch.Template(template);
        if (service < 4) batch.Logger($"Shop.{char.ToUpperInvariant(Services[service][0])}{Services[service][1..]}");
        batch.Body(body);
        var list = batch.BeginAttributes();
        foreach (var (key, value) in attributes) list.Add(key, value);
        list.End();
        batch.EndRecord();
    }
}
