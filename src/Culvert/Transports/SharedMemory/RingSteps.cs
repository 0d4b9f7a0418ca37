using System.Runtime.CompilerServices;

namespace Culvert.Transports.SharedMemory;

/// <summary>Tells a test of each step of a ring. Nobody is told elsewhere, and then it is no code: the compiler knows a
/// readonly null.</summary>
internal static class RingSteps
{
    /// <summary>The application context's datum of a test: an action that takes a step, set before the first
    /// ring.</summary>
    public const string DataName = "Culvert.SharedMemory.RingSteps";

    private static readonly Action<RingStep>? OnStep = AppContext.GetData(DataName) as Action<RingStep>;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reached(RingStep step)
    {
        if (OnStep is not null) OnStep(step);
    }
}
