using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Transports.SharedMemory;

namespace Culvert.Fuzz.Targets;

/// <summary>
/// What the other process may write into shared memory: the head and the two flags of a ring's header, and frames. A
/// reader meets frames within the ring and no more than it holds, or is broken; a writer never has more under way than
/// the ring holds, or is broken. And the message by which a section is offered.
/// </summary>
internal sealed unsafe class RingTarget : IFuzzTarget
{
    private const int Capacity = SharedMemoryLimits.RingBytesMin;
    private const int FlagsBytes = sizeof(ulong) + 2 * sizeof(uint);

    // A place of the ring in its alignment, and what stands there.
    private const int WordBytes = sizeof(ushort) + sizeof(ulong);

    // Each frame has a header at least.
    private const int FramesMax = Capacity / RingLayout.FrameHeaderBytes;

    private SharedSection? _section;

    public string Name => "ring";

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            yield return Input(
                (0, RingLayout.FrameHeader(5, FrameKind.Message)), (16, RingLayout.FrameHeader(0, FrameKind.End)));

            // As many of the longest as the ring has places for: one more than it can hold with the end behind.
            var length = RingLayout.LengthMax(Capacity);
            var step = RingLayout.FrameBytes(length);
            yield return Input([.. Enumerable.Range(0, (int)(Capacity / step)).Select(
                i => (i * step, RingLayout.FrameHeader(length, FrameKind.Part)))]);
            yield return new SectionOffer(1, 2, 3).Write();
        }
    }

    public void Run(ReadOnlySpan<byte> input)
    {
        if (SectionOffer.TryRead(input) is { } offer) Must.BeSame(input, offer.Write());
        if (!OperatingSystem.IsLinux()) return; // A section of one process alone is made there.
        var section = _section ??= Make();
        Span<byte> flags = stackalloc byte[FlagsBytes];
        input[..Math.Min(FlagsBytes, input.Length)].CopyTo(flags);
        var frames = input[Math.Min(FlagsBytes, input.Length)..];
        try
        {
            Put(section.ToListener, flags, frames);
            Read(section, section.ToListener);
            Write(section, section.ToClient, flags);
        }
        finally
        {
            Clear(section.ToListener);
            Clear(section.ToClient);
        }
    }

    private static byte[] Input(params (long Position, ulong Header)[] frames)
    {
        var input = new byte[FlagsBytes + frames.Length * WordBytes];
        var word = input.AsSpan(FlagsBytes);
        foreach (var (position, header) in frames)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)(position / RingLayout.FrameAlignment));
            BinaryPrimitives.WriteUInt64LittleEndian(word[sizeof(ushort)..], header);
            word = word[WordBytes..];
        }

        return input;
    }

    private static void Read(SharedSection section, SharedRing ring)
    {
        var reader = new RingReader(section, ring);

        // Twice: what was given back may be met again, as where the peer has published the same once more.
        for (var round = 0; round < 2 && !reader.IsBroken; round++)
        {
            var count = 0;
            while (reader.TryPeek(out var bytes, out var kind))
            {
                Must.Hold(count++ < FramesMax);
                Must.Hold(kind <= FrameKind.End && bytes.Length <= RingLayout.LengthMax(Capacity));
                MustBeWithin(ring, bytes);
                reader.Skip(bytes.Length);
                Must.Hold(reader.HeldBytes <= Capacity);
            }

            if (!reader.IsBroken) Must.Hold(!reader.HasNext || count == FramesMax);
            reader.ReleaseAll(atOnce: true);
            Must.Equal(0, reader.HeldBytes);
        }
    }

    /// <summary>The reader's side of the header is only read when the room that is known is used up.</summary>
    private static void Write(SharedSection section, SharedRing ring, ReadOnlySpan<byte> flags)
    {
        var writer = new RingWriter(section, ring);
        var written = Fill(writer, ring);
        Must.Hold(written <= Capacity && !writer.IsBroken);
        Put(ring, flags, []);
        var head = BinaryPrimitives.ReadInt64LittleEndian(flags);
        Must.Hold(writer.Room() is >= -1 - 3 * RingLayout.FrameHeaderBytes and var room && room <= writer.LengthMax);
        Must.Hold(writer.IsBroken == (head < 0 || head > written || head % RingLayout.FrameAlignment != 0));
        written += Fill(writer, ring);
        Must.Hold(writer.IsBroken || written - head <= Capacity);
        writer.WakeReader();
    }

    private static long Fill(RingWriter writer, SharedRing ring)
    {
        var written = 0L;
        while (writer.TryClaim(1_000, out var place))
        {
            Must.Equal(1_000, place.Length);
            MustBeWithin(ring, place);
            writer.Publish(place.Length, FrameKind.Message);
            written += RingLayout.FrameBytes(place.Length);
            Must.Hold(written <= Capacity);
        }

        return written;
    }

    private static void MustBeWithin(SharedRing ring, ReadOnlySpan<byte> bytes)
    {
        var at = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)) - ring.Data;
        Must.Hold(at >= RingLayout.FrameHeaderBytes && at < Capacity + RingLayout.FrameHeaderBytes);
        Must.Hold(at + bytes.Length <= 2L * Capacity);
    }

    private static void Put(SharedRing ring, ReadOnlySpan<byte> flags, ReadOnlySpan<byte> frames)
    {
        var header = new Span<byte>(ring.Header, RingLayout.HeaderBytes);
        flags[..sizeof(ulong)].CopyTo(header[RingLayout.HeadOffset..]);
        flags.Slice(sizeof(ulong), sizeof(uint)).CopyTo(header[RingLayout.ReaderSleepsOffset..]);
        flags[(sizeof(ulong) + sizeof(uint))..].CopyTo(header[RingLayout.WriterSleepsOffset..]);
        for (; frames.Length >= WordBytes; frames = frames[WordBytes..])
        {
            var place = BinaryPrimitives.ReadUInt16LittleEndian(frames) * RingLayout.FrameAlignment & (Capacity - 1);
            frames[sizeof(ushort)..WordBytes].CopyTo(new Span<byte>(ring.Data + place, sizeof(ulong)));
        }
    }

    private static void Clear(SharedRing ring)
    {
        new Span<byte>(ring.Header, RingLayout.HeaderBytes).Clear();
        new Span<byte>(ring.Data, Capacity).Clear();
    }

    private static SharedSection Make()
    {
        var section = LinuxSection.Create(Capacity, out var descriptor);
        descriptor.Dispose();
        return section;
    }
}
