namespace Culvert.Framing;

/// <summary>The first eight bytes of a frame; see <see cref="FrameLayout"/>.</summary>
/// <param name="PayloadBytes">Length of the payload in bytes.</param>
/// <param name="Type">What the frame is, as its protocol says.</param>
/// <param name="Flags">Flags, as the protocol says.</param>
public readonly record struct FrameHeader(int PayloadBytes, byte Type, byte Flags);
