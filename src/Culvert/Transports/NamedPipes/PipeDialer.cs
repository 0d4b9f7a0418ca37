using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.NamedPipes;

/// <summary>Connects to a named pipe on Windows: within the deadline, at identification level, so that the server
/// cannot act as this user, and to a server of the right user alone.</summary>
[SupportedOSPlatform("windows")]
internal static class PipeDialer
{
    // No FILE_APPEND_DATA, which is the right to create an instance and which a listener grants to nobody else.
    private const uint Access = Kernel32.FileReadData | Kernel32.FileWriteData | Kernel32.FileReadAttributes
        | Kernel32.FileWriteAttributes | Kernel32.ReadControl | Kernel32.Synchronize;

    private const uint Flags = Kernel32.FileFlagOverlapped | Kernel32.SecuritySqosPresent
        | Kernel32.SecurityIdentification;

    public static async ValueTask<Connection> DialAsync(PipeName name, DialAttempt attempt)
    {
        var (link, peer) = await OpenLinkAsync(name, attempt).ConfigureAwait(false);
        return new LinkConnection(link, attempt.Endpoint, peer).Start();
    }

    /// <summary>The client's end, not started, which is the caller's, and who listens.</summary>
    public static async ValueTask<(PipeLink Link, Peer Peer)> OpenLinkAsync(PipeName name, DialAttempt attempt)
    {
        var pipe = await OpenAsync(name, attempt).ConfigureAwait(false);
        PeerProcess? process = null;
        try
        {
            process = Check(name, pipe, attempt.Endpoint);
            CompletionPort.Shared.Add(pipe);
            var isByMessages = ReadByMessages(pipe);
            if (name.IsMessageMode && !isByMessages) throw NoMessages(attempt.Endpoint);
            var link = new PipeLink(
                pipe, process, isServer: false, hasMarks: isByMessages && !name.IsMessageMode, name.IsMessageMode);
            var peer = process?.Peer ?? new Peer { IsLocal = name.Host is null ? null : false };
            return (link, peer);
        }
        catch
        {
            process?.Dispose();
            pipe.Dispose();
            throw;
        }
    }

    private static async ValueTask<SafePipeHandle> OpenAsync(PipeName name, DialAttempt attempt)
    {
        while (true)
        {
            attempt.CancellationToken.ThrowIfCancellationRequested();
            var (pipe, error) = name.Host is null
                ? Open(name)
                : await OpenRemoteAsync(name, attempt.CancellationToken).ConfigureAwait(false);
            if (error == 0) return pipe;
            pipe.Dispose();
            if (error != Win32Error.PipeBusy) throw PipeErrors.Dial(error, attempt.Endpoint);

            // Nothing tells of a free instance: WaitNamedPipe races with other clients.
            await attempt.PauseAsync(isBusy: true).ConfigureAwait(false);
        }
    }

    /// <summary>Another machine may take its time, and the call cannot be cancelled: it is left behind.</summary>
    private static async Task<(SafePipeHandle Pipe, int Error)> OpenRemoteAsync(PipeName name, CancellationToken token)
    {
        var opening = Task.Run(() => Open(name), CancellationToken.None);
        try
        {
            return await opening.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(
                static late => late.Result.Pipe.Dispose(), CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private static unsafe (SafePipeHandle Pipe, int Error) Open(PipeName name)
    {
        var pipe = Kernel32.OpenPipe(name.Path, Access, 0, null, Kernel32.OpenExisting, Flags, 0);
        return (pipe, pipe.IsInvalid ? Marshal.GetLastPInvokeError() : 0);
    }

    /// <summary>False on a pipe of byte type, as .NET's own servers make them: such a pipe has no messages.</summary>
    private static unsafe bool ReadByMessages(SafePipeHandle pipe)
    {
        var mode = Kernel32.PipeReadModeMessage;
        return Kernel32.SetNamedPipeHandleState(pipe, &mode, null, null);
    }

    /// <summary>The server's process where there is one to see, when it is the one to trust. Another machine's listener
    /// is asked for its owner only by the endpoint, since this user need not be known there.</summary>
    private static PeerProcess? Check(PipeName name, SafePipeHandle pipe, Endpoint endpoint)
    {
        var isHere = name.Host is null;
        var process = isHere && Kernel32.GetNamedPipeServerProcessId(pipe, out var processId)
            ? PeerProcess.TryOpen((int)processId)
            : null;
        try
        {
            if (name.Owner != PipeName.AnyOwner && (isHere || name.Owner is not null))
            {
                PipeOwner.Check(pipe, process, WindowsAccess.OwnerOf(name.Owner, endpoint), endpoint);
            }

            process?.ForgetIdentity();
            return process;
        }
        catch
        {
            process?.Dispose();
            throw;
        }
    }

    private static ConnectionException NoMessages(Endpoint endpoint) => new(
        ConnectionError.InvalidEndpoint,
        $"The listener at {endpoint} has a pipe of bytes, which keeps no messages apart; leave mode=message out.");
}
