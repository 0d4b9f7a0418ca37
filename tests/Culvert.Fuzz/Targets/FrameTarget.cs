using System.Buffers;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Shipping;

namespace Culvert.Fuzz.Targets;

/// <summary>The frames of the native log protocol, as a collector reads them of a client.</summary>
internal sealed class FrameTarget : IFuzzTarget
{
    private const int PayloadBytesMax = 4096;

    public string Name => "frames";

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var output = new ArrayBufferWriter<byte>();
            LogFrames.WriteHello(output, new byte[16], 1);
            FrameWriter.Write(output, (byte)LogFrameType.Batch, Samples.Batch);
            LogFrames.WriteReport(output, LogFrameType.Goodbye, 5, new ulong[LogProtocol.LevelCount]);
            LogFrames.WriteWelcome(output, 3, 4096);
            LogFrames.WriteAck(output, 3);
            yield return output.WrittenSpan.ToArray();
            output.ResetWrittenCount();
            RelayFrames.WriteHello(output, new RelayHello(1, 5, 7, "web1"));
            RelayFrames.WriteWelcome(output, new RelayWelcome(1, 5, 4096, 64));
            yield return output.WrittenSpan.ToArray();
        }
    }

    public void Run(ReadOnlySpan<byte> input)
    {
        var whole = Read(new ReadOnlySequence<byte>(input.ToArray()), out var isViolation);
        var cut = Read(Cut(input.ToArray()), out var isCutViolation);
        Must.Equal(isViolation, isCutViolation);
        Must.Equal(whole.Count, cut.Count);
        for (var i = 0; i < whole.Count; i++) Must.BeSame(whole[i], cut[i]);
        foreach (var payload in whole) ReadPayload(new ReadOnlySequence<byte>(payload));
    }

    private static List<byte[]> Read(ReadOnlySequence<byte> buffer, out bool isViolation)
    {
        var payloads = new List<byte[]>();
        isViolation = false;
        try
        {
            while (FrameReader.TryRead(ref buffer, PayloadBytesMax, out var header, out var payload))
            {
                Must.Equal(header.PayloadBytes, payload.Length);
                payloads.Add(payload.ToArray());
            }
        }
        catch (ConnectionException exception) when (exception.Error == ConnectionError.ProtocolViolation)
        {
            isViolation = true;
        }

        return payloads;
    }

    private static void ReadPayload(in ReadOnlySequence<byte> payload)
    {
        LogFrames.TryReadHello(payload, new byte[16], out _);
        LogFrames.TryReadWelcome(payload, out _, out _);
        LogFrames.TryReadAck(payload, out _);
        LogFrames.TryReadReport(payload, out _, new ulong[LogProtocol.LevelCount]);
        RelayFrames.TryReadHello(payload, out _);
        RelayFrames.TryReadWelcome(payload, out _);
        RelayFrames.TryReadProducer(payload, out _, out _, out _);
        RelayFrames.TryReadBatch(payload, out _, out _, out _);
        RelayFrames.TryReadReport(payload, out _, out _, out _, new ulong[LogProtocol.LevelCount]);
    }

    /// <summary>The same bytes in pieces of three.</summary>
    private static ReadOnlySequence<byte> Cut(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, Math.Min(3, bytes.Length)), null);
        var last = first;
        for (var at = 3; at < bytes.Length; at += 3)
            last = new Piece(bytes.AsMemory(at, Math.Min(3, bytes.Length - at)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
