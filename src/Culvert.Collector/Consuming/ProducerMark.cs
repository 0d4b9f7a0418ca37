using Culvert.Collector.Intake;

namespace Culvert.Collector.Consuming;

/// <summary>The highest sequence that came of a producer in one partition.</summary>
internal readonly record struct ProducerMark(ProducerId Producer, ulong Sequence);
