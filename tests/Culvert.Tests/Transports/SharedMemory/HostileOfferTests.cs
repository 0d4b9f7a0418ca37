using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Local;
using Culvert.Transports.SharedMemory;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>A listener on Linux that offers anything but a section.</summary>
[SupportedOSPlatform("linux")]
[Trait("system", "linux")]
public sealed class HostileOfferTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Endpoint _endpoint = Endpoint.Parse($"shm://culvert-test-{Guid.NewGuid():N}");
    private readonly string _path;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public HostileOfferTests()
    {
        _path = LocalName.PathOf(_endpoint, SharedMemoryTransport.Extension, create: true);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task Connect_AnyBytesWithoutASection_FailsWithAReason()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0 && bytes.Length >= 8)
            {
                BitConverter.TryWriteBytes(bytes, SectionLayout.Magic);
                BitConverter.TryWriteBytes(bytes.AsSpan(4), SectionLayout.Version);
            }

            var error = await OfferAsync(socket =>
            {
                if (bytes.Length > 0) socket.Send(bytes);
            });
            Assert.True(error == ConnectionError.NotAllowed, $"seed {seed}, round {round}: {error}");
        }
    }

    [Theory]
    [InlineData(0, false)] // no memory at all
    [InlineData(SharedMemoryLimits.RingBytesMin, false)] // as large, and may still shrink
    [InlineData(SharedMemoryLimits.RingBytesMin, true)] // as large, and begins otherwise
    [InlineData(3, true)]
    public async Task Connect_AFileThatIsNoSection_FailsWithAReason(int capacity, bool isSealed)
    {
        var descriptor = Libc.MemoryFile("test", Libc.MemoryFileCloseOnExec | Libc.MemoryFileAllowSealing);
        using var memory = new SafeFileHandle(descriptor, ownsHandle: true);
        Assert.Equal(0, Libc.Truncate(memory, SectionLayout.Bytes(capacity)));
        const int Seals = Libc.SealSeal | Libc.SealShrink | Libc.SealGrow;
        if (isSealed) Assert.Equal(0, Libc.FileControl(memory, Libc.FileControlAddSeals, Seals));

        Assert.Equal(ConnectionError.ProtocolViolation, await OfferAsync(socket => Send(socket, memory)));
    }

    [Fact]
    public async Task Connect_APipeInPlaceOfASection_FailsWithAReason()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        using var end = new SafeFileHandle(
            pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);

        Assert.Equal(ConnectionError.ProtocolViolation, await OfferAsync(socket => Send(socket, end)));
    }

    private static void Send(Socket socket, SafeFileHandle file)
    {
        var borrowed = new SocketHandle((int)socket.Handle);
        Assert.True(SectionMessage.TrySend(borrowed, file));
        borrowed.SetHandleAsInvalid(); // The descriptor stays the socket's.
    }

    /// <summary>What a client says of the listener that does so and closes.</summary>
    private async Task<ConnectionError> OfferAsync(Action<Socket> offer)
    {
        var connecting = Ipc.ConnectAsync(_endpoint, cancellationToken: Token).AsTask();
        using (var socket = await _listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token)) offer(socket);
        return (await Assert.ThrowsAsync<ConnectionException>(() => connecting.WaitAsync(Limit, Token))).Error;
    }
}
