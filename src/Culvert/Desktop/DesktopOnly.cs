namespace Culvert.Desktop;

/// <summary>The door of what needs the desktop of a Windows session.</summary>
internal static class DesktopOnly
{
    public static void Check(string what)
    {
        if (OperatingSystem.IsWindows()) return;
        throw new PlatformNotSupportedException(
            $"{what} needs the desktop of a Windows session; on this system connect over local://.");
    }
}
