using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Linux;

/// <summary>
/// A file descriptor. Every call through it holds a reference, so that closing it on one thread while another is inside
/// a call can never reach a descriptor number that was given to someone else.
/// </summary>
internal class DescriptorHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public DescriptorHandle()
        : base(ownsHandle: true)
    {
    }

    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Its number, for those who need no more than that while this is open.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
