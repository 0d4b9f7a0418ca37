using Culvert.Transports.CopyData;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>
/// A window of another end in this process that answers as a real one may: too late after it took the message, too late
/// without having seen it, or with an earlier copy of the message coming in front of the next one.
/// </summary>
internal sealed class LossyWindow(Random random) : ICopyDataWindow
{
    private byte[]? _late;

    public ICopyDataEnd Target { get; set; } = null!;

    public int Repeats { get; private set; }

    public CopyDataOutcome Send(ReadOnlySpan<byte> message, out long answer)
    {
        answer = 0;
        if (_late is { } late)
        {
            _late = null;
            Deliver(late);
            Repeats++;
        }

        switch (random.Next(6))
        {
            case 0:
                return CopyDataOutcome.TimedOut;
            case 1:
                Deliver(message);
                Repeats++;
                return CopyDataOutcome.TimedOut;
            case 2:
                _late = message.ToArray();
                return CopyDataOutcome.TimedOut;
            default:
                answer = Deliver(message);
                return CopyDataOutcome.Answered;
        }
    }

    public void Notify(CopyDataSignal signal, UInt128 key) => Target.OnSignal(signal);

    private long Deliver(ReadOnlySpan<byte> bytes)
    {
        Assert.True(CopyDataMessage.TryRead(bytes, out var message));
        return Target.OnMessage(message, 0);
    }
}
