using Culvert.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Culvert.Collector.Spool;

/// <summary>The checkpoint's file; see <see cref="CheckpointLayout"/>. One thread at a time.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly ISpoolFile _file;
    private readonly byte[] _slot = new byte[SpoolLimits.CheckpointSlotBytes];
    private ulong _generation;
    private int _nextSlot;

    private CheckpointFile(ISpoolFile file) => _file = file;

    /// <summary>Nothing was ever written into the slots: the spool ended before its first checkpoint.</summary>
    public bool WasBlank { get; private set; }

    /// <summary>Opens the file, or makes it at its full size. The caller makes the folder durable.</summary>
    /// <param name="files">The spool's folder.</param>
    /// <param name="latest">What the newest valid slot says, or null.</param>
    public static CheckpointFile Open(ISpoolFiles files, out SpoolCheckpoint? latest)
    {
        var checkpoint = new CheckpointFile(files.OpenWrite(CheckpointLayout.FileName));
        latest = checkpoint.Load();
        checkpoint.WasBlank = checkpoint.IsBlank();
        checkpoint.Secure();
        checkpoint.Fill();
        return checkpoint;
    }

    /// <summary>Writes a checkpoint into the older slot and makes it durable. When it throws, the newer slot is as it
    /// was, and the next attempt writes the same slot anew.</summary>
    public void Write(RecordBuffer content, Action<SpoolStep>? onStep)
    {
        if (content.Length > CheckpointLayout.ContentBytesMax)
            throw new InvalidOperationException("The checkpoint is larger than its slot.");
        onStep?.Invoke(SpoolStep.CheckpointStarting);
        var bytes = CheckpointLayout.ContentOffset + content.Length;
        WriteUInt32LittleEndian(_slot, CheckpointLayout.Magic);
        WriteUInt64LittleEndian(_slot.AsSpan(CheckpointLayout.GenerationOffset), _generation + 1);
        WriteInt32LittleEndian(_slot.AsSpan(CheckpointLayout.BytesOffset), content.Length);
        WriteUInt32LittleEndian(_slot.AsSpan(CheckpointLayout.ReservedOffset), 0);
        content.Written.CopyTo(_slot.AsSpan(CheckpointLayout.ContentOffset));
        WriteUInt32LittleEndian(_slot.AsSpan(CheckpointLayout.CrcOffset), Checksum(_slot.AsSpan(0, bytes)));
        _file.Write((long)_nextSlot * SpoolLimits.CheckpointSlotBytes, _slot.AsSpan(0, bytes));
        onStep?.Invoke(SpoolStep.CheckpointWritten);
        _file.Flush();
        _generation++;
        _nextSlot = (_nextSlot + 1) % CheckpointLayout.SlotCount;
        onStep?.Invoke(SpoolStep.CheckpointFlushed);
    }

    public void Dispose() => _file.Dispose();

    private SpoolCheckpoint? Load()
    {
        SpoolCheckpoint? latest = null;
        for (var slot = 0; slot < CheckpointLayout.SlotCount; slot++)
        {
            var length = _file.Read((long)slot * SpoolLimits.CheckpointSlotBytes, _slot);
            if (!TryReadSlot(_slot.AsSpan(0, length), out var generation, out var content)) continue;
            if (latest is not null && generation <= _generation) continue;
            if (SpoolCheckpoint.Read(content) is not { } found) continue;
            latest = found;
            _generation = generation;
            _nextSlot = (slot + 1) % CheckpointLayout.SlotCount;
        }

        return latest;
    }

    private bool IsBlank()
    {
        for (var slot = 0; slot < CheckpointLayout.SlotCount; slot++)
        {
            var length = _file.Read((long)slot * SpoolLimits.CheckpointSlotBytes, _slot);
            if (length < _slot.Length || _slot.AsSpan().ContainsAnyExcept((byte)0)) return false;
        }

        return true;
    }

    /// <summary>Writes the slot that counts once more, as it is. After an fsync that failed, an earlier process may
    /// have left it in the page cache alone, and then the other slot, which is written next, would be the only one on
    /// the disk.</summary>
    private void Secure()
    {
        if (_generation == 0) return;
        var slot = (_nextSlot + CheckpointLayout.SlotCount - 1) % CheckpointLayout.SlotCount;
        var at = (long)slot * SpoolLimits.CheckpointSlotBytes;
        var length = _file.Read(at, _slot);
        _file.Write(at, _slot.AsSpan(0, length));
        _file.Flush();
    }

    private void Fill()
    {
        var length = _file.Length;
        const long Whole = (long)CheckpointLayout.SlotCount * SpoolLimits.CheckpointSlotBytes;
        if (length >= Whole) return;
        _slot.AsSpan().Clear();
        for (; length < Whole; length += _slot.Length)
            _file.Write(length, _slot.AsSpan(0, (int)Math.Min(_slot.Length, Whole - length)));
        _file.Flush();
    }

    private static bool TryReadSlot(ReadOnlySpan<byte> slot, out ulong generation, out ReadOnlySpan<byte> content)
    {
        generation = 0;
        content = default;
        if (slot.Length < CheckpointLayout.ContentOffset
            || ReadUInt32LittleEndian(slot) != CheckpointLayout.Magic) return false;
        var bytes = ReadInt32LittleEndian(slot[CheckpointLayout.BytesOffset..]);
        if (bytes < 0 || bytes > slot.Length - CheckpointLayout.ContentOffset) return false;
        var whole = slot[..(CheckpointLayout.ContentOffset + bytes)];
        if (ReadUInt32LittleEndian(slot[CheckpointLayout.CrcOffset..]) != Checksum(whole)) return false;
        generation = ReadUInt64LittleEndian(slot[CheckpointLayout.GenerationOffset..]);
        content = whole[CheckpointLayout.ContentOffset..];
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> slot) => Crc32C.Compute(slot[CheckpointLayout.GenerationOffset..]);
}
