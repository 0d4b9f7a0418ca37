namespace Culvert.Collector.Intake;

/// <summary>What a producer said of itself, and up to where its records are durable.</summary>
internal sealed record ProducerReport(ulong Produced, ulong Durable, ulong[] DroppedByLevel);
