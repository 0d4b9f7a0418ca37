namespace Culvert.Collector.Configuration;

/// <summary>The settings of this collector.</summary>
internal static class CollectorSettings
{
    private const long Second = TimeSpan.TicksPerSecond;

    public static SettingCatalog Catalog { get; } = new(
        [Spool(), Store(), Http(), ConsumeSettings.Section],
        [Listen(), Journal(), Syslog(), Files(), HttpInput(
            "otlp", "OpenTelemetry logs over HTTP (protobuf and JSON), at /v1/logs of the page's address."),
            HttpInput(
                "clef", "Compact log events over HTTP, as Serilog's Seq sink sends them, at the page's address.")],
        OutputSettings.Types);

    private static SettingGroup Spool() => new("spool", "The durable queue between inputs and outputs.",
    [
        new("maxSize", SettingKind.Size, "8GiB",
            "Largest size on disk, at least two times segmentSize. Beyond it the oldest records that an output has not "
            + "taken yet expire, and are counted.")
            { Min = 4L << 20 },
        new("maxAge", SettingKind.Duration, "7d",
            "Longest time that a record waits for an output. Older ones expire, and are counted.") { Min =
                60 * Second },
        new("segmentSize", SettingKind.Size, "64MiB",
            "Size of one file. Space comes back file by file, so larger files give it back later.")
            { Min = 1L << 20, Max = 1L << 30 },
        new("minFree", SettingKind.Size, "64MiB",
            "Free space on the disk that is left alone. Near it Debug records are dropped before Info, and Error last; "
            + "every drop is counted.") { Min = 1L << 20 },
    ]);

    private static SettingGroup Store() => new("store", "The embedded store that is searched.",
    [
        new("maxAge", SettingKind.Duration, "7d", "Records that came earlier than this are deleted, a file at a time.")
            { Min = 60 * Second },
        new("maxSize", SettingKind.Size, "",
            "Largest size on disk; beyond it the oldest file is deleted, the newest never. Without a value, a tenth of "
            + "the disk.") { Min = 16L << 20 },
    ]);

    private static SettingGroup Http() => new("http", "The page, the API, and the inputs that come over HTTP.",
    [
        new("address", SettingKind.Text, "127.0.0.1:7514",
            "Address and port; port 0 lets the system choose."),
        new("insecure", SettingKind.Boolean, "false",
            "Must be true for an address beyond loopback: nothing is encrypted, and everyone there needs the token."),
        new("enabled", SettingKind.Boolean, "true", "Whether there is a page and an API at all."),
        new("hosts", SettingKind.TextList, "",
            "Names by which the page may be called beside localhost and its address; a request for another name is "
            + "refused."),
        new("openMetrics", SettingKind.Boolean, "false",
            "Lets everyone who reaches the address read /metrics, /healthz and /readyz without a token."),
    ]);

    private static SettingGroup Listen() =>
        new("listen", "Culvert's own protocol, plain lines and JSON lines, at one endpoint.",
    [
        new("endpoint", SettingKind.Text, "",
            "Where to listen: local://name, unix:///path, pipe://name, tcp://host:port or tls://host:port.")
            { Required = true },
        .. Access(),
        new("relay", SettingKind.Boolean, "false",
            "Whether other collectors may relay to it. They tell whom each record is from, which nothing proves here."),
        new("relayFrom", SettingKind.TextList, "",
            "Who may, by a name of the certificate, or by user; without any, whoever may connect."),
    ]);

    private static SettingGroup Journal() => new("journal",
        "The journals of programs that log through AddCulvert as the same user; on Linux and Windows.",
    [
        new("folder", SettingKind.Text, "",
            "Where the programs make their journals; without a value, journals in the data folder, and its "
            + "counterpart in memory."),
    ]);

    private static SettingGroup Syslog() => new("syslog", "Syslog messages as of RFC 3164 and RFC 5424.",
    [
        new("endpoint", SettingKind.Text, "",
            "Where to listen: syslog+unix:///path, syslog+udp://, syslog+tcp:// or syslog+tls://host:port.")
            { Required = true },
        .. Access(),
    ]);

    private static SettingGroup Files() => new("files", "Files that other programs write, followed through rotation.",
    [
        new("paths", SettingKind.TextList, "", "Patterns such as /var/log/**/*.log.") { Required = true },
        new("exclude", SettingKind.TextList, "",
            "Patterns of files that are left alone; without any, compressed ones."),
        new("format", SettingKind.Choice, "auto", "How the lines look.")
            { Choices = ["auto", "plain", "json", "docker", "cri"] },
        new("service", SettingKind.Text, "", "The service's name; without one, the container's or the file's."),
        new("startAt", SettingKind.Choice, "beginning", "Where reading begins in a file that was never seen.")
            { Choices = ["beginning", "end"] },
    ]);

    private static SettingGroup HttpInput(string type, string description) => new(type, description, []);

    private static Setting[] Access() =>
    [
        new("users", SettingKind.TextList, "", "Users that may send beside the one that runs the collector."),
        new("groups", SettingKind.TextList, "", "Groups whose members may send."),
        new("everyone", SettingKind.Boolean, "false", "Whether every user of this machine may send."),
        new("insecure", SettingKind.Boolean, "false",
            "Must be true to listen beyond loopback, where nothing proves who sends."),
    ];
}
