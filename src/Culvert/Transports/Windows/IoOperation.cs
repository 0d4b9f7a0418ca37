using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>
/// One overlapped operation, to be used again and again, one at a time. What the kernel writes to, and this object,
/// stay where they are from <see cref="Begin"/> to the completion, also when nobody else knows it any more.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class IoOperation(Action<int, int> completed)
{
    private Block* _block;
    private GCHandle _self;
    private GCHandle _buffer;

    /// <summary>Pins the buffer and gives the structure to call the system with.</summary>
    public NativeOverlapped* Begin(byte[]? buffer)
    {
        _block = (Block*)NativeMemory.AllocZeroed((nuint)sizeof(Block));
        _self = GCHandle.Alloc(this);
        _block->Operation = GCHandle.ToIntPtr(_self);
        if (buffer is not null) _buffer = GCHandle.Alloc(buffer, GCHandleType.Pinned);
        return &_block->Overlapped;
    }

    /// <summary>The system refused, so that no completion comes.</summary>
    public void Cancel() => Free();

    public static IoOperation Of(NativeOverlapped* overlapped) =>
        Unsafe.As<IoOperation>(GCHandle.FromIntPtr(((Block*)overlapped)->Operation).Target!);

    /// <summary>By the completion port: the error, or 0, and the number of bytes.</summary>
    public void Complete(int error, int bytes)
    {
        Free();
        completed(error, bytes);
    }

    private void Free()
    {
        if (_buffer.IsAllocated) _buffer.Free();
        _self.Free();
        NativeMemory.Free(_block);
        _block = null;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Block
    {
        public NativeOverlapped Overlapped;
        public nint Operation;
    }
}
