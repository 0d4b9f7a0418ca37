namespace Culvert.Shipping;

/// <summary>The first frame of a relay.</summary>
/// <param name="Version">The newest version of the relay's frames that the relay speaks.</param>
/// <param name="Collector">The relaying collector's id: random, kept in its data folder.</param>
/// <param name="Member">Which of its outputs: one connection of each is served at a time.</param>
/// <param name="Name">What it calls itself, for people: its machine's name.</param>
internal readonly record struct RelayHello(byte Version, UInt128 Collector, ulong Member, string Name);
