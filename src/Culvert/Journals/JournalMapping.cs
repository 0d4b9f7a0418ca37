using Microsoft.Win32.SafeHandles;

namespace Culvert.Journals;

/// <summary>A journal mapped into the program that writes it: the header, then the ring twice in a row, so that every
/// frame lies in one piece. Unmapped when nobody knows it any more, since a thread may be in the middle of a
/// frame.</summary>
internal sealed unsafe class JournalMapping
{
    private JournalMapping(byte* address, int capacity)
    {
        Address = address;
        Capacity = capacity;
    }

    ~JournalMapping() => JournalSystem.Current.Unmap(Address, Capacity);

    public byte* Address { get; }

    public int Capacity { get; }

    public byte* Data => Address + JournalLayout.DataOffset;

    /// <inheritdoc cref="JournalSystem.Map"/>
    public static JournalMapping Create(SafeFileHandle file, int capacity, bool makesPages) =>
        new(JournalSystem.Current.Map(file, capacity, makesPages), capacity);
}
