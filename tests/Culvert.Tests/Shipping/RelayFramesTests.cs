using System.Buffers;
using System.Globalization;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Tests.Shipping;

/// <summary>The frames of a relay: their bytes, and what is made of others.</summary>
public sealed class RelayFramesTests
{
    private const ulong Epoch = 0x1122334455667788;
    private static readonly UInt128 Producer = new(0x0F0E0D0C0B0A0908, 0x0706050403020100);

    [Fact]
    public void Write_EachFrame_HasTheDocumentedBytes()
    {
        const string Id = "000102030405060708090A0B0C0D0E0F";
        const string EpochHex = "8877665544332211";
        Assert.Equal(
            "1B000000" + "08000000" + "01" + Id + "0900000000000000" + "6162",
            Hex(output => RelayFrames.WriteHello(output, new RelayHello(1, Producer, 9, "ab"))));
        Assert.Equal(
            "19000000" + "09000000" + "01" + Id + "00002000" + "00040000",
            Hex(output => RelayFrames.WriteWelcome(
                output, new RelayWelcome(1, Producer, RecordLimits.BatchBytesMax, 1024))));
        Assert.Equal(
            "1E000000" + "0A000000" + "03000000" + Id + EpochHex + "0100",
            Hex(output => RelayFrames.WriteProducer(output, 3, Producer, Epoch, [1, 0])));
        Assert.Equal(
            "17000000" + "0B000000" + "03000000" + "0700000000000000" + "0500000000000000" + "010203",
            Hex(output => RelayFrames.WriteBatch(output, 3, 7, 5, [1, 2, 3])));
        Assert.Equal(
            "50000000" + "0C000000" + Id + EpochHex + "0A00000000000000" + "0100000000000000" + new string('0', 80),
            Hex(output => RelayFrames.WriteReport(output, Producer, Epoch, 10, [1, 0, 0, 0, 0, 0])));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var hello = new RelayHello(1, Producer, 9, "über");
        Assert.True(RelayFrames.TryReadHello(Payload(o => RelayFrames.WriteHello(o, hello)), out var readHello));
        Assert.Equal(hello, readHello);
        var welcome = new RelayWelcome(1, Producer, 7, 8);
        Assert.True(RelayFrames.TryReadWelcome(
            Payload(o => RelayFrames.WriteWelcome(o, welcome)), out var readWelcome));
        Assert.Equal(welcome, readWelcome);
        Assert.True(RelayFrames.TryReadProducer(
            Payload(o => RelayFrames.WriteProducer(o, 3, Producer, Epoch, [1, 0])), out var slot, out var producer,
            out var epoch));
        Assert.Equal((3U, Producer, Epoch), (slot, producer, epoch));
        Assert.True(RelayFrames.TryReadBatch(
            Payload(o => RelayFrames.WriteBatch(o, 3, 7, 5, [1])), out slot, out var number, out var sequence));
        Assert.Equal((3U, 7UL, 5UL), (slot, number, sequence));
        var dropped = new ulong[LogProtocol.LevelCount];
        Assert.True(RelayFrames.TryReadReport(
            Payload(o => RelayFrames.WriteReport(o, Producer, Epoch, 10, [1, 2, 3, 4, 5, 6])), out producer,
            out epoch, out var produced, dropped));
        Assert.Equal((Producer, Epoch, 10UL), (producer, epoch, produced));
        Assert.Equal([1UL, 2, 3, 4, 5, 6], dropped);
    }

    [Fact]
    public void WriteHello_LongName_IsCutAtACharacter()
    {
        var hello = new RelayHello(1, Producer, 9, new string('é', 200));
        Assert.True(RelayFrames.TryReadHello(Payload(o => RelayFrames.WriteHello(o, hello)), out var read));
        Assert.Equal(new string('é', RelayLimits.NameBytesMax / 2), read.Name);
    }

    [Fact]
    public void Read_RandomBytes_NeverThrows()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}");
        var random = new Random(seed);
        Span<ulong> dropped = stackalloc ulong[LogProtocol.LevelCount];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            var payload = new ReadOnlySequence<byte>(bytes);
            if (RelayFrames.TryReadHello(payload, out var hello)) Assert.NotEqual(0, hello.Version);
            RelayFrames.TryReadWelcome(payload, out _);
            if (RelayFrames.TryReadProducer(payload, out var slot, out _, out _))
                Assert.True(slot < RelayLimits.ProducersMax);
            if (RelayFrames.TryReadBatch(payload, out _, out var number, out var first))
                Assert.True(number > 0 && first > 0);
            RelayFrames.TryReadReport(payload, out _, out _, out _, dropped);
        }
    }

    [Fact]
    public void FillTimes_RecordsWithAndWithoutTime_FillsTheLatterAlone()
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", "test")]));
        foreach (var time in (long[])[0, 5, 0])
        {
            writer.BeginRecord(0, Severity.Info, time, gap: time == 0 ? 3UL : 0);
            writer.Body("x");
            writer.BeginAttributes().End();
            writer.EndRecord();
        }

        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        var batch = output.WrittenSpan.ToArray();
        Assert.Equal(3UL, RecordHeads.FirstGap(batch));
        RecordHeads.FillTimes(batch, 77);
        Assert.True(RecordBatchReader.TryOpen(batch, out var reader, out _));
        var times = new List<long>();
        while (reader.TryRead(out var record)) times.Add(record.TimeNs);
        Assert.Equal([77, 5, 77], times);
    }

    [Fact]
    public void FillTimes_RandomBytes_ThrowsNothingElse()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (bytes.Length > 3) (bytes[0], bytes[1], bytes[2]) = (1, 0, (byte)random.Next(4));
            try
            {
                RecordHeads.FirstGap(bytes);
                RecordHeads.FillTimes(bytes, 1);
            }
            catch (InvalidDataException)
            {
                // What is no batch is said to be none.
            }
        }
    }

    private static string Hex(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Convert.ToHexString(output.WrittenSpan);
    }

    private static ReadOnlySequence<byte> Payload(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.True(FrameReader.TryRead(ref buffer, LogProtocol.FrameBytesMax, out _, out var payload));
        Assert.True(buffer.IsEmpty);
        return payload;
    }
}
