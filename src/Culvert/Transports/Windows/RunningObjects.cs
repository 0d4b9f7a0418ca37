using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>COM's Running Object Table: a name for an object of this process, found by the other programs of this user
/// and desktop. IRunningObjectTable of objidl.h.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class RunningObjects
{
    private const int PlaceRegister = 3;
    private const int PlaceRevoke = 4;
    private const int PlaceGetObject = 6;

    // Counts this process into the multi-threaded apartment for good, so that any thread may call.
    private static readonly bool IsReady = Join();

    /// <summary>Registers an object, which is kept alive until it is revoked.</summary>
    public static uint Register(string name, ComPointer target)
    {
        using var table = Table();
        using var moniker = Moniker(name);
        uint cookie;
        var register = (delegate* unmanaged<nint, uint, nint, nint, uint*, int>)table.Method(PlaceRegister);
        ComPointer.Check(register(table.Pointer, Ole32.KeepsAlive, target.Pointer, moniker.Pointer, &cookie));
        return cookie;
    }

    public static void Revoke(uint cookie)
    {
        using var table = Table();
        _ = ((delegate* unmanaged<nint, uint, int>)table.Method(PlaceRevoke))(table.Pointer, cookie);
    }

    /// <summary>The object of a name, or a null pointer.</summary>
    public static ComPointer Find(string name)
    {
        using var table = Table();
        using var moniker = Moniker(name);
        nint found = 0;
        var find = (delegate* unmanaged<nint, nint, nint*, int>)table.Method(PlaceGetObject);
        return new ComPointer(find(table.Pointer, moniker.Pointer, &found) == 0 ? found : 0);
    }

    private static bool Join()
    {
        nint cookie;
        ComPointer.Check(Ole32.CoIncrementMTAUsage(&cookie));
        return true;
    }

    private static ComPointer Table()
    {
        nint table = 0;
        if (IsReady) ComPointer.Check(Ole32.GetRunningObjectTable(0, &table));
        return new ComPointer(table);
    }

    private static ComPointer Moniker(string name)
    {
        nint moniker;
        ComPointer.Check(Ole32.CreateItemMoniker("!", name, &moniker));
        return new ComPointer(moniker);
    }
}
