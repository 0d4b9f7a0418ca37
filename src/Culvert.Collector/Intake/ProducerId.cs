namespace Culvert.Collector.Intake;

/// <summary>One start of a producer: the scope in which sequence numbers are unique.</summary>
/// <param name="Producer">16 random bytes that the producer chose.</param>
/// <param name="Epoch">Which start of it.</param>
internal readonly record struct ProducerId(UInt128 Producer, ulong Epoch);
