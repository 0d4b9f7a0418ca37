using System.Globalization;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.UnixSockets;
using Culvert.Transports.Windows;

namespace Culvert.Transports.Local;

/// <summary>
/// <c>local://name</c>: the best local mechanism under a plain name. On Linux a Unix socket in the user's own runtime
/// folder, on Windows a named pipe that has the user's identifier in its name: the names of two users never meet.
/// </summary>
internal sealed class LocalTransport : Transport
{
    private const int NameLengthMax = 64;

    public override string Scheme => "local";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default) =>
        OperatingSystem.IsWindows()
            ? NamedPipeTransport.BindAsync(PipeOf(endpoint), endpoint, options)
            : UnixSocketTransport.BindAsync(PathOf(endpoint, create: true), endpoint, options, cancellationToken);

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default) =>
        OperatingSystem.IsWindows()
            ? NamedPipeTransport.ConnectAsync(PipeOf(endpoint), endpoint, options, cancellationToken)
            : UnixSocketTransport.ConnectAsync(PathOf(endpoint, create: false), endpoint, options, cancellationToken);

    [SupportedOSPlatform("windows")]
    private static PipeName PipeOf(Endpoint endpoint) =>
        new(null, $"culvert.{WindowsAccess.CurrentUser()}.{NameOf(endpoint)}")
        {
            Owner = endpoint.Options.GetValueOrDefault("owner"),
        };

    private static string PathOf(Endpoint endpoint, bool create)
    {
        var name = NameOf(endpoint);
        LinuxOnly.Check(endpoint);
        return Path.Combine(Folder(endpoint, create), name + ".sock");
    }

    private static string NameOf(Endpoint endpoint)
    {
        var name = endpoint.Address;
        if (name.Length is > 0 and <= NameLengthMax && name[0] != '.' && name.All(IsNameCharacter)) return name;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"'{name}' is no local name; use up to {NameLengthMax} letters, digits, '-', '_' and '.'.");
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
