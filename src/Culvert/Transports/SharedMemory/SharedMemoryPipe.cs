using System.Buffers;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.Windows;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// The set-up on Windows: over a named pipe, which says who the other is, the listener gives the client's process
/// handles of a section of their own (<see cref="SectionOffer"/>). The pipe stays as the control connection.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class SharedMemoryPipe
{
    public static Listener Bind(PipeName name, Endpoint endpoint, ListenerOptions options)
    {
        Check(endpoint);
        return PipeListener.Open(name, endpoint, options, (pipe, client) => TryShare(pipe, client, endpoint, options));
    }

    public static ValueTask<Connection> ConnectAsync(
        PipeName name, Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken) =>
        DialAttempt.RunAsync(
            endpoint, options, cancellationToken,
            [SupportedOSPlatform("windows")] (attempt) => ConnectAsync(name, attempt));

    public static async ValueTask<Connection> ConnectAsync(PipeName name, DialAttempt attempt)
    {
        var (control, section, peer) = await DialAsync(name, attempt).ConfigureAwait(false);
        var link = new SharedMemoryLink(control, section, isListener: false, attempt.Endpoint);
        return new LinkConnection(link, attempt.Endpoint, peer).Start();
    }

    /// <summary>Connects to a listener's pipe and takes the section that it shares.</summary>
    public static async ValueTask<(ByteLink Control, SharedSection Section, Peer Peer)> DialAsync(
        PipeName name, DialAttempt attempt)
    {
        Check(attempt.Endpoint);
        if (name.Owner == PipeName.AnyOwner) throw AnyOwner(attempt.Endpoint);
        var (pipe, peer) = await PipeDialer.OpenLinkAsync(name, attempt).ConfigureAwait(false);
        try
        {
            var section = await ReceiveAsync(pipe, attempt).ConfigureAwait(false);
            return (pipe, section, peer);
        }
        catch
        {
            pipe.Close();
            throw;
        }
    }

    private static SharedMemoryLink? TryShare(
        PipeLink pipe, PeerProcess? client, Endpoint endpoint, ListenerOptions options)
    {
        try
        {
            var capacity = SharedSection.CapacityFor(options.BufferBytes);
            if (client is not null && WindowsSection.TryShare(capacity, client, out var offer) is { } section)
            {
                pipe.Send(new ReadOnlySequence<byte>(offer.Write())); // An empty pipe has room for it.
                return new SharedMemoryLink(pipe, section, isListener: true, endpoint);
            }

            SharedMemoryLog.NotGiven(options.Logger, endpoint, client?.Id);
        }
        catch (ConnectionException e)
        {
            SharedMemoryLog.NotMade(options.Logger, endpoint, e);
        }

        return null;
    }

    private static async Task<SharedSection> ReceiveAsync(PipeLink pipe, DialAttempt attempt)
    {
        var arrival = new Arrival();
        pipe.Start(arrival);
        var bytes = new byte[SectionOffer.Bytes];
        for (var filled = 0; filled < bytes.Length;)
        {
            var count = pipe.Receive(bytes.AsSpan(filled), out _);
            if (count > 0) filled += count;
            else if (count == LinkResult.WouldBlock) await arrival.WaitAsync(attempt).ConfigureAwait(false);
            else throw NotShared(attempt.Endpoint);
        }

        var offer = SectionOffer.TryRead(bytes);
        return offer is null ? throw NoSection(attempt.Endpoint)
            : WindowsSection.TryOpen(offer.Value) ?? throw NoSection(attempt.Endpoint);
    }

    private static void Check(Endpoint endpoint)
    {
        if (Environment.Is64BitProcess) return;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint, $"'{endpoint.Scheme}://' needs a 64-bit process; use local:// here.");
    }

    private static ConnectionException AnyOwner(Endpoint endpoint) => new(
        ConnectionError.InvalidEndpoint,
        $"{endpoint} trusts any owner, which shared memory cannot, since the listener puts handles into this process; "
        + "name the user by ?owner=USER, or use local://.");

    private static ConnectionException NotShared(Endpoint endpoint) => new(
        ConnectionError.NotAllowed,
        $"The listener at {endpoint} shared no memory with this process; see what it logged, and let it admit this "
        + "user by its access option.");

    private static ConnectionException NoSection(Endpoint endpoint) => new(
        ConnectionError.ProtocolViolation,
        $"What the listener at {endpoint} shared is no section of this version; "
        + "see that both sides use the same version of Culvert.");

    /// <summary>Tells the one who waits for the offer that there may be more.</summary>
    private sealed class Arrival : ILinkEvents
    {
        private readonly SemaphoreSlim _events = new(0);

        public Task WaitAsync(DialAttempt attempt) => _events.WaitAsync(attempt.CancellationToken);

        public void OnReadable() => _events.Release();

        public void OnWritable()
        {
        }

        public void OnReadableAndWritable() => _events.Release();

        public void OnPeerGone(CloseKind kind, string message) => _events.Release();
    }
}
