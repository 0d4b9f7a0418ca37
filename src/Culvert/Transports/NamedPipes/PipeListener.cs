using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Linux;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.NamedPipes;

/// <summary>
/// Accepts at a named pipe on Windows. The first instance claims the name and never serves, so the name stays this
/// listener's from its first moment to the last; others wait for clients, and each is followed by another before its
/// client is handed out.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class PipeListener : Listener
{
    private readonly PipeName _name;
    private readonly WindowsAccess _access;
    private readonly byte[] _security;
    private readonly ListenerOptions _options;
    private readonly Func<PipeLink, PeerProcess?, Link?>? _share;
    private readonly SafePipeHandle _claim;
    private readonly Channel<LinkConnection> _accepted;
    private readonly CancellationTokenSource _stop = new();

    // Counts the instances that may still be made; null when there is no limit.
    private readonly SemaphoreSlim? _room;

    // Guards the two below between the instances that wait and unbind.
    private readonly Lock _gate = new();
    private readonly HashSet<SafePipeHandle> _waiting = [];
    private bool _unbound;

    private PipeListener(
        PipeName name, Endpoint endpoint, WindowsAccess access, ListenerOptions options,
        Func<PipeLink, PeerProcess?, Link?>? share)
    {
        _name = name;
        _share = share;
        _access = access;
        _security = access.PipeDescriptor(name.AdmitsRemote);
        _options = options;
        _accepted = Channel.CreateBounded<LinkConnection>(options.Backlog);
        _room = name.InstancesMax is { } count ? new SemaphoreSlim(count) : null;
        Endpoint = endpoint;
        _claim = Claim();
    }

    public override Endpoint Endpoint { get; }

    /// <summary>Throws AddressInUse when another has the name.</summary>
    /// <param name="name">On this machine.</param>
    /// <param name="endpoint">What the user calls it.</param>
    /// <param name="options">The user's.</param>
    /// <param name="share">Makes another link of an admitted client's, to whose process handles may be given, or null
    /// when it cannot. Left out where the pipe itself is the connection.</param>
    public static PipeListener Open(
        PipeName name, Endpoint endpoint, ListenerOptions options, Func<PipeLink, PeerProcess?, Link?>? share = null)
    {
        var listener = new PipeListener(name, endpoint, new WindowsAccess(options.Access), options, share);
        try
        {
            for (var i = 0; i < PipeLimits.InstancesWaiting && listener.HasRoom(); i++)
            {
                _ = listener.ServeAsync(listener.NewInstance());
            }
        }
        catch
        {
            listener.Stop();
            throw;
        }

        return listener;
    }

    public override async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    public override async ValueTask UnbindAsync()
    {
        Stop();
        while (_accepted.Reader.TryRead(out var connection))
        {
            connection.Abort("The listener stopped before it accepted.");
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    public override ValueTask DisposeAsync() => UnbindAsync();

    private void Stop()
    {
        lock (_gate)
        {
            if (_unbound) return;
            _unbound = true;
            foreach (var instance in _waiting) instance.Dispose();
            _waiting.Clear();
        }

        _claim.Dispose();
        _accepted.Writer.Complete();
        _stop.Cancel();
    }

    private bool HasRoom() => _room?.Wait(0) ?? true;

    private void GiveBack() => _room?.Release();

    /// <summary>Takes the name by an instance that nobody can connect to: it is connected at once, by this process or
    /// whoever is faster, and disconnected, which it then stays.</summary>
    private unsafe SafePipeHandle Claim()
    {
        var claim = Create(Kernel32.FileFlagFirstPipeInstance, out var error);
        if (error == 0)
        {
            using var self = Kernel32.OpenPipe(
                _name.Path, Kernel32.FileReadAttributes, 0, null, Kernel32.OpenExisting,
                Kernel32.SecuritySqosPresent | Kernel32.SecurityIdentification, 0);
            Kernel32.DisconnectNamedPipe(claim);
            return claim;
        }

        throw error switch
        {
            Win32Error.AccessDenied or Win32Error.PipeBusy => new ConnectionException(
                ConnectionError.AddressInUse,
                $"Another listener has {Endpoint}; stop it or choose another name.", new Win32Exception(error)),
            Win32Error.InvalidName => new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The system takes no such name: {Endpoint}."),
            _ => SocketErrors.System(error, $"Listening at {Endpoint} failed"),
        };
    }

    private SafePipeHandle NewInstance()
    {
        var instance = Create(0, out var error);
        if (error != 0) throw SocketErrors.System(error, $"Another instance of {Endpoint} failed");
        CompletionPort.Shared.Add(instance);
        lock (_gate)
        {
            if (!_unbound) _waiting.Add(instance);
            else instance.Dispose();
        }

        return instance;
    }

    private unsafe SafePipeHandle Create(uint flags, out int error)
    {
        fixed (byte* descriptor = _security)
        {
            var security = new Kernel32.SecurityAttributes
            {
                Bytes = (uint)sizeof(Kernel32.SecurityAttributes), Descriptor = descriptor,
            };
            var mode = Kernel32.PipeTypeMessage | Kernel32.PipeReadModeMessage;
            if (!_name.AdmitsRemote) mode |= Kernel32.PipeRejectRemoteClients;
            var instance = Kernel32.CreateNamedPipe(
                _name.Path, Kernel32.PipeAccessDuplex | Kernel32.FileFlagOverlapped | flags, mode,
                (uint?)(_name.InstancesMax + 1) ?? Kernel32.PipeUnlimitedInstances, // One more claims the name.
                (uint)_name.BufferBytes, (uint)_name.BufferBytes, (uint)_name.DefaultTimeoutMs, &security);
            error = instance.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
            return instance;
        }
    }

    /// <summary>Waits for a client, puts another instance in the place, hands the client out, and so on.</summary>
    private async Task ServeAsync(SafePipeHandle instance)
    {
        try
        {
            while (true)
            {
                var error = await WaitForClientAsync(instance).ConfigureAwait(false);
                lock (_gate)
                {
                    _waiting.Remove(instance);
                    if (_unbound)
                    {
                        instance.Dispose();
                        return;
                    }
                }

                var next = HasRoom() ? TryNewInstance(isRetry: false) : null;
                if (error != 0)
                {
                    instance.Dispose(); // The client is gone already.
                    GiveBack();
                }
                else if (Admit(instance) is { } connection)
                {
                    await HandOutAsync(connection).ConfigureAwait(false);
                }

                instance = next ?? await NextInstanceAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Unbound while there was no further instance.
        }
    }

    /// <summary>Waits for one of the connections to end where their number is limited, and as long as the system has
    /// no instance to give.</summary>
    private async Task<SafePipeHandle> NextInstanceAsync()
    {
        for (var isRetry = false; ; isRetry = true)
        {
            if (_room is not null) await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
            if (TryNewInstance(isRetry) is { } instance) return instance;
            await Task.Delay(PipeLimits.ShortagePause, _stop.Token).ConfigureAwait(false);
        }
    }

    private SafePipeHandle? TryNewInstance(bool isRetry)
    {
        try
        {
            return NewInstance();
        }
        catch (ConnectionException e)
        {
            if (!isRetry) PipeLog.InstanceFailed(_options.Logger, Endpoint, e);
            GiveBack();
            return null;
        }
    }

    private async ValueTask HandOutAsync(LinkConnection connection)
    {
        try
        {
            await _accepted.Writer.WriteAsync(connection).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            connection.Abort("The listener stopped before it accepted.");
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private unsafe Task<int> WaitForClientAsync(SafePipeHandle instance)
    {
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var operation = new IoOperation((error, _) => done.TrySetResult(error));
        lock (_gate)
        {
            if (_unbound) return Task.FromResult(Win32Error.OperationAborted);
            if (Kernel32.ConnectNamedPipe(instance, operation.Begin(null))) return done.Task;
            var error = Marshal.GetLastPInvokeError();
            if (error == Win32Error.IoPending) return done.Task;
            operation.Cancel();
            return Task.FromResult(error == Win32Error.PipeConnected ? 0 : error);
        }
    }

    private LinkConnection? Admit(SafePipeHandle pipe)
    {
        var process = Kernel32.GetNamedPipeClientProcessId(pipe, out var processId)
            ? PeerProcess.TryOpen((int)processId, duplicates: _share is not null)
            : null;

        // The system has checked the list of who may connect already; this is the same rule once more.
        var identity = process?.Identity ?? TokenIdentity.OfClient(pipe);
        var peer = process?.Peer ?? new Peer { ProcessId = processId == 0 ? null : (int)processId };
        if (identity is not null && process?.Identity is null) peer = identity.Describe(peer);
        if (!_access.Admits(identity))
        {
            PipeLog.Refused(_options.Logger, Endpoint, (int)processId, peer.UserName);
            process?.Dispose();
            Kernel32.DisconnectNamedPipe(pipe);
            pipe.Dispose();
            GiveBack();
            return null;
        }

        process?.ForgetIdentity();
        var own = new PipeLink(pipe, process, isServer: true, hasMarks: !_name.IsMessageMode, _name.IsMessageMode)
        {
            HandleClosed = GiveBack,
        };
        if ((_share is null ? own : _share(own, process)) is { } link)
            return new LinkConnection(link, Endpoint, peer).Start();
        own.Abort();
        return null;
    }
}
