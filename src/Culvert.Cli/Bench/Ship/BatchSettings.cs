namespace Culvert.Cli.Bench.Ship;

/// <summary>How producers gather messages: the same for all that are compared.</summary>
/// <param name="Compression">Of a batch.</param>
/// <param name="LingerMs">How long a batch waits for company.</param>
/// <param name="Bytes">Most bytes of a batch.</param>
internal sealed record BatchSettings(string Compression, int LingerMs, int Bytes);
