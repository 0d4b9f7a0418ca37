namespace Culvert.Transports.CopyData;

/// <summary>
/// The bytes of one WM_COPYDATA message of <c>copydata://</c>. All numbers are little-endian; the sender writes every
/// field, and the receiver trusts none before it has found the key.
/// </summary>
/// <remarks>
/// <code>
/// dwData  'CVCD'                       another value is none of ours
/// wParam  window of the sender         counts only where the handshake says so
///
/// offset  bytes
///      0      4  magic 'CVCD'
///      4      1  version, 1
///      5      1  kind (CopyDataKind)
///      6      2  zero
///      8     16  key        of the receiver's end; Hello: of the sender's end, which has asked for the connection
///     24      8  sequence   Data, Bulk: number of this message in its direction, from 1
///                           Challenge: the number to answer with, never 0
///                           else zero
///     32         body       Data:      the bytes, 1 to 16,384
///                           Bulk:      u32, how many bytes stand in the section, from its beginning
///                           Section:   u64 handle of the section in the sender's process, u32 its bytes
///                           Challenge: 16 bytes, the key of the sender's end
///                           else nothing
///
/// answer  bits 0-31 count, 32-39 code (CopyDataCode), 40-63 0xC0DA7A; of a Challenge the number it asked for
///
/// signals WM_APP+1 Room, +2 Completed, +3 Closed, +4 Aborted, +5 NotAllowed; wParam and lParam are the key's halves.
/// </code>
/// A key is 128 random bits: whoever has it was given it by this process in a message to a window of its own.
/// </remarks>
internal static class CopyDataLayout
{
    public const uint Magic = 0x4443_5643;
    public const byte Version = 1;

    public const int MagicOffset = 0;
    public const int VersionOffset = MagicOffset + sizeof(uint);
    public const int KindOffset = VersionOffset + sizeof(byte);
    public const int ZeroOffset = KindOffset + sizeof(byte);
    public const int KeyOffset = ZeroOffset + sizeof(ushort);
    public const int KeyBytes = 16;
    public const int SequenceOffset = KeyOffset + KeyBytes;
    public const int BodyOffset = SequenceOffset + sizeof(ulong);

    public const int BulkBodyBytes = sizeof(uint);
    public const int SectionSizeOffset = BodyOffset + sizeof(ulong);
    public const int SectionBodyBytes = sizeof(ulong) + sizeof(uint);

    /// <summary>The longest message of all, in bytes; what is longer is refused before it is looked at.</summary>
    public const int MessageBytesMax = BodyOffset + CopyDataLimits.PayloadBytesMax;

    public const int AnswerCodeShift = 32;
    public const int AnswerMarkShift = 40;
    public const uint AnswerMark = 0xC0DA7A;
}
