namespace Culvert.Shipping;

/// <summary>What answers a <see cref="RelayHello"/>.</summary>
/// <param name="Version">The version that is spoken from here on, not above the relay's.</param>
/// <param name="Collector">The receiving collector's id.</param>
/// <param name="BatchBytesMax">The largest batch that it takes.</param>
/// <param name="ProducersMax">How many slots it keeps.</param>
internal readonly record struct RelayWelcome(byte Version, UInt128 Collector, uint BatchBytesMax, uint ProducersMax);
