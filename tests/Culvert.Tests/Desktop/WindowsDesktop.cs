using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Desktop;

namespace Culvert.Tests.Desktop;

/// <summary>Whether the tests run where there are top-level windows.</summary>
internal static class WindowsDesktop
{
    /// <summary>Skips the test without Windows.</summary>
    public static void Need() =>
        Assert.SkipUnless(OperatingSystem.IsWindows(), "It is a mechanism of the Windows desktop.");

    /// <summary>Skips the test where no top-level window can be made, as under Wine without an X display.</summary>
    [SupportedOSPlatform("windows")]
    public static async Task NeedTopLevelAsync()
    {
        try
        {
            await using var window = await CopyDataWindow.OpenAsync();
        }
        catch (ConnectionException e)
        {
            Assert.Skip($"There is no desktop: {e.Message} Under Wine run it by xvfb-run.");
        }
    }
}
