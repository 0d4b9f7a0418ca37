namespace Culvert.Framing;

/// <summary>Every limit of framing, in one place.</summary>
public static class FrameLimits
{
    /// <summary>Largest payload unless a protocol asks for less, in bytes: 4 MiB. A reader buffers at most one such
    /// payload for each connection before it is handed on, so this bounds what a hostile peer can make it
    /// hold.</summary>
    public const int PayloadBytesMax = 4 * 1024 * 1024;
}
