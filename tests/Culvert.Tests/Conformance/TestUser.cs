using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Principal;

namespace Culvert.Tests.Conformance;

/// <summary>The user who runs the tests on Windows.</summary>
[SupportedOSPlatform("windows")]
internal static class TestUser
{
    public static string Sid
    {
        get
        {
            using var identity = WindowsIdentity.GetCurrent();
            return identity.User!.Value;
        }
    }

    public static int SessionId
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.SessionId;
        }
    }
}
