namespace Culvert.Desktop;

/// <summary>
/// A value as it stands on the clipboard or in a stream of the Running Object Table. Little-endian; whoever publishes
/// writes all of it. What follows the value is none of it: the system rounds memory up.
/// </summary>
/// <remarks>
/// <code>
/// offset  bytes
///      0      4  magic 'CVVL'
///      4      1  version, 1
///      5      3  zero
///      8      4  length of the value in bytes
///     12         the value: JSON in UTF-8
/// </code>
/// </remarks>
internal static class ValueLayout
{
    public const uint Magic = 0x4C56_5643;
    public const byte Version = 1;

    public const int MagicOffset = 0;
    public const int VersionOffset = MagicOffset + sizeof(uint);
    public const int LengthOffset = VersionOffset + sizeof(uint);
    public const int ValueOffset = LengthOffset + sizeof(uint);
}
