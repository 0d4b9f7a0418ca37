namespace Culvert.Desktop;

/// <summary>One WM_COPYDATA message that a <see cref="CopyDataWindow"/> took. Any thread; the bytes are a copy and the
/// reader's to keep.</summary>
public sealed class CopyDataReceived
{
    // Between the window's thread, which waits for an answer, and the program, which gives it: the first one decides.
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim? _answered;
    private nint? _answer;
    private bool _isOver;

    internal CopyDataReceived(nuint tag, ReadOnlyMemory<byte> bytes, nint claimedWindow, bool waitsForAnswer)
    {
        Tag = tag;
        Bytes = bytes;
        ClaimedWindow = claimedWindow;
        if (waitsForAnswer) _answered = new ManualResetEventSlim();
        _isOver = !waitsForAnswer;
        ClaimedSender = new ClaimedSender(claimedWindow, null, null, null);
    }

    /// <summary>The number that the sender gave in dwData.</summary>
    public nuint Tag { get; }

    /// <summary>What it sent.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whom the message names as its sender; never a proof.</summary>
    public ClaimedSender ClaimedSender { get; internal set; }

    internal nint ClaimedWindow { get; }

    /// <summary>Answers the sender; false when it was answered already, or
    /// <see cref="CopyDataWindowOptions.AnswerTimeout"/> is over. 0 tells it that the message was refused.</summary>
    public bool TryAnswer(nint answer)
    {
        lock (_gate)
        {
            if (_isOver) return false;
            _isOver = true;
            _answer = answer;
            _answered!.Set();
            return true;
        }
    }

    /// <summary>On the window's thread: waits for the program's answer, no longer than the limit.</summary>
    internal nint WaitForAnswer(TimeSpan limit, nint otherwise)
    {
        if (_answered is null) return otherwise;
        _answered.Wait(limit);
        lock (_gate)
        {
            _isOver = true;
            _answered.Dispose();
            return _answer ?? otherwise;
        }
    }
}
