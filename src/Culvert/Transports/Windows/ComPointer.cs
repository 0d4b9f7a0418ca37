using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>
/// One reference to a COM object, released by dispose. Methods are called by their place in the interface's table,
/// which is its contract.
/// </summary>
[SupportedOSPlatform("windows")]
internal readonly unsafe struct ComPointer(nint pointer) : IDisposable
{
    public nint Pointer { get; } = pointer;

    /// <summary>The method at this place.</summary>
    public nint Method(int place) => (*(nint**)Pointer)[place];

    public void Dispose()
    {
        if (Pointer != 0) Marshal.Release(Pointer);
    }

    /// <summary>Throws what the system says of a failure.</summary>
    public static void Check(int result)
    {
        if (result < 0) throw new COMException(Marshal.GetPInvokeErrorMessage(result), result);
    }
}
