namespace Culvert.Fuzz.Targets;

/// <summary>All targets.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new FrameTarget(),
        new BatchTarget(),
        new LinesTarget("lines", isSyslog: false),
        new LinesTarget("syslog", isSyslog: true),
        new OtlpTarget(isJson: false),
        new OtlpTarget(isJson: true),
        new ClefTarget(),
        new QueryTarget(),
        new RecordJsonTarget(),
        new KafkaTarget(),
        new SpoolTarget(),
        new JournalTarget(),
        new RingTarget(),
        new CheckpointTarget(),
        new BlockTarget(),
        new ConfigurationTarget(),
        new SmallTextsTarget(),
    ];
}
