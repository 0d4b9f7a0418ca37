using System.Buffers;
using System.Text;
using Culvert.Connections;
using Culvert.Framing;

namespace Culvert.Shipping;

/// <summary>One connection to a collector, from the preface to the end. Throws <see cref="ConnectionException"/> when
/// it ends before all was said.</summary>
internal sealed class ShipperSession(
    Connection connection, ShipperIdentity identity, BatchMemory memory, AsyncSignal signal, TimeProvider time)
{
    private readonly ulong[] _reported = new ulong[LogProtocol.LevelCount];
    private readonly ulong[] _dropped = new ulong[LogProtocol.LevelCount];
    private long _reportedAt = time.GetTimestamp();
    private long _heardAt = time.GetTimestamp();

    /// <summary>Says who we are and hears what the collector has of us.</summary>
    public async Task OpenAsync()
    {
        // Cutting the connection ends the reads below, so that nothing of this attempt goes on beside the next one.
        await using var deadline = time.CreateTimer(
            _ => connection.Abort("The collector did not answer."), null, ShippingLimits.WelcomeTimeout,
            Timeout.InfiniteTimeSpan);
        LogProtocol.Preface.CopyTo(connection.Output.GetSpan(LogProtocol.PrefaceBytes));
        connection.Output.Advance(LogProtocol.PrefaceBytes);
        LogFrames.WriteHello(connection.Output, identity.Producer, identity.Epoch);
        await FlushAsync();

        ulong durable;
        uint batchBytesMax;
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            var rest = read.Buffer;
            if (TryReadFrame(ref rest, out var type, out var payload))
            {
                if (type != LogFrameType.Welcome || !LogFrames.TryReadWelcome(payload, out durable, out batchBytesMax))
                    throw Violation("did not begin with a welcome");
                connection.Input.AdvanceTo(rest.Start);
                break;
            }

            connection.Input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) throw Ended();
        }

        if (batchBytesMax < ShippingLimits.BatchBytesMaxLeast)
            throw Violation($"takes batches of only {batchBytesMax} bytes");
        if (!memory.Resume(durable)) throw Violation($"claims to have record {durable}, which was never sent");
    }

    /// <summary>Sends batches and reports, and takes acknowledgements, until <paramref name="isDone"/> says that all is
    /// acknowledged and no more comes; then says goodbye.</summary>
    public async Task RunAsync(Func<bool> isDone)
    {
        var receiving = ReceiveAsync();
        try
        {
            while (!isDone() && !receiving.IsCompleted) await SendAsync();
            if (!receiving.IsCompleted) await SayGoodbyeAsync();
            await receiving.WaitAsync(ShippingLimits.GoodbyeTimeout, time);
        }
        catch (Exception) when (receiving.IsFaulted)
        {
            // What was received says why better than the write that failed after it.
            await receiving;
        }
        finally
        {
            // Nothing of this session may touch the memory once the next one begins.
            connection.Abort("The session ended.");
            await ((Task)receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!isDone()) throw Ended();
    }

    private async Task SendAsync()
    {
        var batch = memory.Next(out var wait);
        if (batch is not null)
        {
            // An idle session hears nothing; the time counts from when an answer is due.
            if (!memory.HasInFlight) _heardAt = time.GetTimestamp();
            batch.WriteFrame(connection.Output);
            memory.MarkSent(batch);
        }

        var reported = WriteReportIfDue();
        if (batch is not null || reported)
        {
            await FlushAsync();
            return;
        }

        await signal.WaitAsync(wait);
        if (memory.HasInFlight && time.GetElapsedTime(Volatile.Read(ref _heardAt)) > ShippingLimits.AckTimeout)
            throw new ConnectionException(ConnectionError.TimedOut, "The collector acknowledged nothing for a minute.");
    }

    private bool WriteReportIfDue()
    {
        memory.ReadReport(_dropped, out var produced);
        if (_dropped.AsSpan().SequenceEqual(_reported)) return false;
        // The first one of a session goes at once: the collector may have lost the last session's in a crash.
        if (_reported.AsSpan().ContainsAnyExcept(0UL)
            && time.GetElapsedTime(_reportedAt) < ShippingLimits.ReportInterval)
            return false;
        LogFrames.WriteReport(connection.Output, LogFrameType.Report, produced, _dropped);
        _dropped.CopyTo(_reported, 0);
        _reportedAt = time.GetTimestamp();
        return true;
    }

    private async Task SayGoodbyeAsync()
    {
        memory.ReadReport(_dropped, out var produced);
        LogFrames.WriteReport(connection.Output, LogFrameType.Goodbye, produced, _dropped);
        await FlushAsync();
        await connection.Output.CompleteAsync();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                var rest = read.Buffer;
                while (TryReadFrame(ref rest, out var type, out var payload))
                {
                    if (type != LogFrameType.Ack || !LogFrames.TryReadAck(payload, out var sequence))
                        throw Violation($"sent a frame of type {(byte)type} where an Ack belongs");
                    if (!memory.Acknowledge(sequence))
                        throw Violation($"acknowledged {sequence}, which was never sent");
                    Volatile.Write(ref _heardAt, time.GetTimestamp());
                }

                connection.Input.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted || read.IsCanceled) return;
            }
        }
        finally
        {
            // The sender waits for work; the end of the connection is some.
            signal.Set();
        }
    }

    private static bool TryReadFrame(
        ref ReadOnlySequence<byte> buffer, out LogFrameType type, out ReadOnlySequence<byte> payload)
    {
        type = default;
        if (!FrameReader.TryRead(ref buffer, ShippingLimits.ServerFrameBytesMax, out var header, out payload))
            return false;
        type = (LogFrameType)header.Type;
        if (type != LogFrameType.Error) return true;
        var said = Encoding.UTF8.GetString(payload);
        throw new ConnectionException(ConnectionError.ProtocolViolation, $"The collector refused this program: {said}");
    }

    private async ValueTask FlushAsync()
    {
        var flushed = await connection.Output.FlushAsync();
        if (flushed.IsCompleted || flushed.IsCanceled) throw Ended();
    }

    private static ConnectionException Violation(string what) =>
        new(ConnectionError.ProtocolViolation,
            $"What answers is no Culvert collector, or one that is broken: it {what}.");

    private static ConnectionException Ended() =>
        new(ConnectionError.Closed, "The collector closed the connection.");
}
