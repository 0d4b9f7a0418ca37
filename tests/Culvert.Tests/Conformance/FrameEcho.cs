using System.Buffers;
using System.Buffers.Binary;
using Culvert.Connections;
using Culvert.Framing;

namespace Culvert.Tests.Conformance;

/// <summary>A connection whose server reads frames and sends each back, as every protocol here does, and tells how it
/// ended.</summary>
public sealed class FrameEcho : IAsyncDisposable
{
    public const int PayloadBytesMax = 64 * 1024;

    private readonly Connection _server;
    private readonly Task<FrameEchoEnd> _serving;
    private readonly CancellationToken _token;

    public FrameEcho(Connection client, Connection server, CancellationToken token)
    {
        (Client, _server, _token) = (client, server, token);
        _serving = ServeAsync();
    }

    public Connection Client { get; }

    /// <summary>A frame's header, however false.</summary>
    public static byte[] Header(uint length, ushort reserved)
    {
        var header = new byte[FrameLayout.HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(FrameLayout.LengthOffset), length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(FrameLayout.ReservedOffset), reserved);
        return header;
    }

    /// <summary>Sends bytes; that the server had enough of them is no error.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Client.SendAsync(bytes, _token);
        }
        catch (ConnectionException)
        {
            // How the server ended says more.
        }
    }

    /// <summary>Sends a frame and gets the same back.</summary>
    public async Task AskAsync(byte[] payload)
    {
        FrameWriter.Write(Client.Output, type: 7, payload);
        await Client.Output.FlushAsync(_token);
        var answer = await Client.ReadExactlyAsync(FrameLayout.HeaderBytes + payload.Length, _token);
        Assert.Equal(payload, answer[FrameLayout.HeaderBytes..]);
    }

    /// <summary>How the server's side ended. Throws what it threw, if that was no typed error.</summary>
    public Task<FrameEchoEnd> EndAsync() => _serving.WaitAsync(_token);

    public async ValueTask DisposeAsync()
    {
        Client.Abort("The test is over.");
        await Client.DisposeAsync();
        await _serving.WaitAsync(_token);
    }

    private async Task<FrameEchoEnd> ServeAsync()
    {
        try
        {
            while (true)
            {
                var result = await _server.Input.ReadAsync(_token);
                var rest = result.Buffer;
                while (FrameReader.TryRead(ref rest, PayloadBytesMax, out var header, out var payload))
                    FrameWriter.Write(_server.Output, header.Type, payload.ToArray());
                var isCutOff = !rest.IsEmpty;
                _server.Input.AdvanceTo(rest.Start, rest.End);
                await _server.Output.FlushAsync(_token);
                if (result.IsCompleted) return isCutOff ? FrameEchoEnd.CutOff : FrameEchoEnd.Whole;
            }
        }
        catch (ConnectionException exception)
        {
            _server.Abort(exception.Message);
            return exception.Error == ConnectionError.ProtocolViolation ? FrameEchoEnd.Violation : FrameEchoEnd.Closed;
        }
        finally
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>How a server's reading of frames ended.</summary>
public enum FrameEchoEnd
{
    /// <summary>Behind a whole frame, or before any.</summary>
    Whole,

    /// <summary>In the middle of a frame.</summary>
    CutOff,

    /// <summary>A frame broke a limit or the layout.</summary>
    Violation,

    /// <summary>The connection ended otherwise than by its stream's end.</summary>
    Closed,
}
