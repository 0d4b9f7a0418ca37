namespace Culvert.Transports.NamedPipes;

/// <summary>What one read of a pipe brought: a message, a part of one, or a message without bytes.</summary>
internal readonly record struct PipeRead(byte[] Array, int Count, bool IsMessageWhole);
