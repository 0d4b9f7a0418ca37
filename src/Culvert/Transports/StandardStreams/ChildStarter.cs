using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Linux;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.StandardStreams;

/// <summary>Starts a program and makes its streams a connection.</summary>
internal static class ChildStarter
{
    private static readonly Endpoint Endpoint = Endpoint.Parse("stdio:");

    public static async ValueTask<ChildConnection> StartAsync(ChildOptions options, CancellationToken cancellationToken)
    {
        options.Check();
        cancellationToken.ThrowIfCancellationRequested();
        if (!OperatingSystem.IsWindows()) LinuxOnly.Check(Endpoint);

        // Starting waits for disks, and cannot be cancelled: one that is late is left behind and ended.
        var starting = Task.Run(() => Start(options), CancellationToken.None);
        try
        {
            return await starting.WaitAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException && !starting.IsFaulted)
        {
            _ = EndLateAsync(starting);
            if (e is TimeoutException) throw ChildErrors.TimedOut(options);
            throw;
        }
    }

    private static ChildConnection Start(ChildOptions options)
    {
        var (child, link, logs) = OperatingSystem.IsWindows() ? StartOnWindows(options) : StartOnLinux(options);
        foreach (var pair in options.Pipes) pair.ReleaseChildEnd();
        var connection = new LinkConnection(link, Endpoint, child.Peer).Start();
        var errorStream = logs is null ? null : new LinkConnection(logs, Endpoint, child.Peer).Start();
        var reader = errorStream is null ? null : new ChildLogs(errorStream, options, options.FileName, child.Id);
        return new ChildConnection(connection, child, reader, options);
    }

    private static (ChildProcess Child, ByteLink Link, ByteLink? Logs) StartOnLinux(ChildOptions options)
    {
        var (childInput, input) = AnonymousPipe.Create();
        var (output, childOutput) = AnonymousPipe.Create();
        var (error, childError) = options.TakesLogs ? AnonymousPipe.Create() : default;
        return Owning([input, output, error], [childInput, childOutput, childError], () =>
        {
            var child = LinuxChild.Start(options, childInput, childOutput, childError);
            AnonymousPipe.SetNonBlocking(input);
            AnonymousPipe.SetNonBlocking(output);
            var link = new StreamPairLink(
                new DescriptorLink(output, isInput: true), new DescriptorLink(input, isInput: false), child);
            if (error is null) return ((ChildProcess)child, (ByteLink)link, (ByteLink?)null);
            AnonymousPipe.SetNonBlocking(error);
            return (child, link, new DescriptorLink(error, isInput: true));
        });
    }

    [SupportedOSPlatform("windows")]
    private static (ChildProcess Child, ByteLink Link, ByteLink? Logs) StartOnWindows(ChildOptions options)
    {
        // The child's ends must be such that any program can use them: those wait.
        var (input, childInput) = UnnamedPipe.Create(UnnamedPipe.ClientReads, false, isMessageType: false);
        var (output, childOutput) = UnnamedPipe.Create(UnnamedPipe.ClientWrites, false, isMessageType: false);
        var (error, childError) = options.TakesLogs
            ? UnnamedPipe.Create(UnnamedPipe.ClientWrites, false, isMessageType: false)
            : default;
        return Owning(
            [input, output, error], [childInput, childOutput, childError], [SupportedOSPlatform("windows")] () =>
            {
                var child = WindowsChild.Start(options, childInput, childOutput, childError);
                var link = new StreamPairLink(LinkOf(output), LinkOf(input), child);
                return ((ChildProcess)child, (ByteLink)link, (ByteLink?)(error is null ? null : LinkOf(error)));
            });

        static PipeLink LinkOf(SafePipeHandle pipe) =>
            new(pipe, null, isServer: true, hasMarks: false, hasMessages: false);
    }

    /// <summary>Starts; the child's ends of the pipes are closed here in any case, this side's when that
    /// failed.</summary>
    private static T Owning<T>(IDisposable?[] own, IDisposable?[] childs, Func<T> start)
    {
        try
        {
            return start();
        }
        catch
        {
            foreach (var end in own) end?.Dispose();
            throw;
        }
        finally
        {
            foreach (var end in childs) end?.Dispose();
        }
    }

    private static async Task EndLateAsync(Task<ChildConnection> starting)
    {
        try
        {
            var child = await starting.ConfigureAwait(false);
            child.Abort("It was started too late.");
            await child.DisposeAsync().ConfigureAwait(false);
        }
        catch (ConnectionException)
        {
            // It could not be started either.
        }
    }
}
