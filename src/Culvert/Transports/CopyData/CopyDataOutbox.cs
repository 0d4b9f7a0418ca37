using System.Buffers;
using System.Runtime.Versioning;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.CopyData;

/// <summary>An unnamed section that this end writes and the peer reads; made when it is first needed.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class CopyDataOutbox : ICopyDataOutbox
{
    // Between the one who writes and the one who closes: without it a write could meet an unmapped address.
    private readonly Lock _gate = new();
    private SafeFileHandle? _section;
    private byte* _bytes;
    private bool _disposed;

    public bool IsOffered { get; set; }

    public ulong? TryCreate()
    {
        lock (_gate)
        {
            if (_disposed) return null;
            if (_section is null)
            {
                var section = Kernel32.CreateFileMapping(
                    -1, 0, Kernel32.PageReadWrite, 0, CopyDataLimits.SectionBytes, 0);
                var bytes = section.IsInvalid
                    ? null
                    : Kernel32.MapViewOfFile(section, Kernel32.SectionMapWrite, 0, 0, CopyDataLimits.SectionBytes);
                if (bytes is null)
                {
                    section.Dispose();
                    return null;
                }

                _section = section;
                _bytes = bytes;
            }

            return (ulong)_section.DangerousGetHandle();
        }
    }

    public bool TryWrite(in ReadOnlySequence<byte> bytes)
    {
        lock (_gate)
        {
            if (_bytes is null) return false;
            bytes.CopyTo(new Span<byte>(_bytes, CopyDataLimits.SectionBytes));
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_bytes is null) return;
            _ = Kernel32.UnmapViewOfFile(_bytes);
            _bytes = null;
            _section!.Dispose();
        }
    }
}
