using System.Globalization;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.Windows;

namespace Culvert.Transports.Local;

/// <summary>A plain name for this machine, and the path of its socket in the user's own runtime folder, or its
/// pipe.</summary>
internal static class LocalName
{
    private const int LengthMax = 64;

    public static string PathOf(Endpoint endpoint, string extension, bool create)
    {
        var name = Of(endpoint);
        LinuxOnly.Check(endpoint);
        return Path.Combine(Folder(endpoint, create), name + extension);
    }

    /// <summary>The name's pipe: the user's identifier is in it, so that the names of two users never meet.</summary>
    /// <param name="endpoint">Whose name is meant.</param>
    /// <param name="extension">Begins with what no name has, or is empty.</param>
    [SupportedOSPlatform("windows")]
    public static PipeName PipeOf(Endpoint endpoint, string extension) =>
        new(null, $"culvert.{WindowsAccess.CurrentUser()}.{Of(endpoint)}{extension}")
        {
            Owner = endpoint.Options.GetValueOrDefault("owner"),
        };

    /// <summary>Checks and returns the name of an endpoint.</summary>
    public static string Of(Endpoint endpoint)
    {
        var name = endpoint.Address;
        if (name.Length is > 0 and <= LengthMax && name[0] != '.' && name.All(IsNameCharacter)) return name;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"'{name}' is no local name; use up to {LengthMax} letters, digits, '-', '_' and '.'.");
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';

    private static string Folder(Endpoint endpoint, bool create)
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var folder = !string.IsNullOrEmpty(runtime) && Path.IsPathRooted(runtime) && Directory.Exists(runtime)
            ? Path.Combine(runtime, "culvert")
            : string.Create(CultureInfo.InvariantCulture, $"/tmp/culvert-{Libc.GetEffectiveUserId()}");
        if (create) FileModes.CreateFolder(folder, FileModes.OwnerOnlyFolder);

        // Anyone may have made a folder of this name under /tmp: it counts only when this user owns it and nobody else
        // may write to it. The dialling side looks too, or it would talk to whoever made it.
        if (FileStatus.Of(folder) is not { } status) return folder;
        if (status.IsFolder && status.UserId == Libc.GetEffectiveUserId() && (status.Permissions & 0x12) == 0)
        {
            return folder;
        }

        throw new ConnectionException(
            ConnectionError.NotAllowed,
            $"The folder '{folder}' of {endpoint} is not this user's alone; remove it or set XDG_RUNTIME_DIR.");
    }
}
