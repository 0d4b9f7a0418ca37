using System.IO.Pipelines;
using Culvert.Connections;
using Culvert.Transports.Links;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.StandardStreams;

/// <summary>
/// A connection to a child process over its standard input and output, from <see cref="Ipc.StartChildAsync"/>.
/// Everything that is said of <see cref="Connection"/> holds; disposing of it ends the child, too.
/// </summary>
/// <remarks>A child that ends by itself with exit code 0 has closed (<see cref="CloseKind.PeerClosed"/>); any other
/// end of it is <see cref="CloseKind.PeerDied"/>, with the code or the signal in the message.</remarks>
public sealed class ChildConnection : Connection
{
    private readonly LinkConnection _connection;
    private readonly ChildProcess _child;
    private readonly ChildLogs? _logs;
    private readonly ChildOptions _options;
    private readonly Lock _gate = new();
    private Task? _disposed;

    internal ChildConnection(LinkConnection connection, ChildProcess child, ChildLogs? logs, ChildOptions options)
    {
        (_connection, _child, _logs, _options) = (connection, child, logs, options);
        if (options.Logger is { } logger) _ = ReportAsync(logger);
    }

    /// <inheritdoc/>
    public override PipeReader Input => _connection.Input;

    /// <inheritdoc/>
    public override PipeWriter Output => _connection.Output;

    /// <summary>The child's process and user, as the system says.</summary>
    public override Peer Peer => _connection.Peer;

    /// <inheritdoc/>
    public override Endpoint Endpoint => _connection.Endpoint;

    /// <inheritdoc/>
    public override Task<CloseReason> Closed => _connection.Closed;

    /// <summary>The child's number. It is nobody else's until the child has ended.</summary>
    public int ProcessId => _child.Id;

    /// <summary>Completes when the child has ended, with how; never faults. The streams may go on: a process that the
    /// child started may hold them.</summary>
    public Task<ChildExit> Exited => _child.Exited;

    /// <summary>Lines of the child's standard error that were dropped because they came faster than they were
    /// taken.</summary>
    public long LogLinesDropped => _logs?.Dropped ?? 0;

    /// <summary>Kills the child at once, and with <see cref="ChildOptions.KillsTree"/> those that it started. Any
    /// thread; does nothing when it has ended; what it had written can still be read.</summary>
    public void Kill() => _child.Kill(_options.KillsTree);

    /// <summary>Closes both streams at once; the child is left to see it until this is disposed of, which then kills it
    /// without a grace.</summary>
    public override void Abort(string message) => _connection.Abort(message);

    /// <summary>
    /// Sends what was written and closes the streams; waits <see cref="ChildOptions.ExitGrace"/> for the child to end,
    /// and then kills it; takes the last lines of its logs. A child that is to finish what it writes must be read to
    /// the end before. Idempotent, never hangs.
    /// </summary>
    public override ValueTask DisposeAsync()
    {
        lock (_gate) return new ValueTask(_disposed ??= Task.Run(EndAsync));
    }

    private async Task EndAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        var isAborted = (await Closed.ConfigureAwait(false)).Kind == CloseKind.LocalAborted;
        if (!await HasExitedAsync(isAborted ? TimeSpan.Zero : _options.ExitGrace).ConfigureAwait(false))
        {
            Kill();
            await HasExitedAsync(ChildLimits.KillMax).ConfigureAwait(false);
            if (_options.Logger is { } logger) StandardStreamsLog.Killed(logger, ProcessId, _options.FileName);
        }

        if (_logs is not null) await _logs.FinishAsync().ConfigureAwait(false);
        _child.Dispose();
    }

    private async Task<bool> HasExitedAsync(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero && !Exited.IsCompleted)
            await Task.WhenAny(Exited, Task.Delay(timeout)).ConfigureAwait(false);
        return Exited.IsCompleted;
    }

    private async Task ReportAsync(ILogger logger)
    {
        var exit = await Exited.ConfigureAwait(false);
        StandardStreamsLog.Exited(logger, ProcessId, _options.FileName, exit);
    }
}
