namespace Culvert.Fuzz.Targets;

/// <summary>All targets.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new FrameTarget(),
        new BatchTarget(),
        new LinesTarget(
            "lines", isSyslog: false,
            "{\"time\":\"2023-11-14T22:13:20Z\",\"level\":\"warn\",\"msg\":\"x\",\"a\":{\"b\":[1,null]}}\nplain ERROR line\n",
            "{\"__REALTIME_TIMESTAMP\":\"1700000000000000\",\"MESSAGE\":[104,105],\"PRIORITY\":\"3\",\"_PID\":\"7\"}\n",
            "<3>2023-11-14 22:13:20,123 [main] WARN c.x.Y - text\r\n\ttail\n"),
        new LinesTarget(
            "syslog", isSyslog: true,
            "<165>1 2003-10-11T22:14:15.003Z host app 42 ID47 [ex@1 a=\"b\\\"c\"][y@2] \ufefftext\n",
            "<34>Oct 11 22:14:15 host su[42]: failed\n", "11 <13>1 - - - -23 <34>Oct 11 22:14:15 h a: b"),
        new OtlpTarget(isJson: false),
        new OtlpTarget(isJson: true),
        new ClefTarget(),
        new QueryTarget(),
        new RecordJsonTarget(),
        new KafkaTarget(),
        new SpoolTarget(),
        new CheckpointTarget(),
        new BlockTarget(),
        new ConfigurationTarget(),
        new SmallTextsTarget(),
    ];
}
