namespace Culvert.Transports.CopyData;

/// <summary>The answer of a window to a message of ours.</summary>
/// <param name="Code">What became of the message.</param>
/// <param name="Count">Bytes of the stream that were taken.</param>
internal readonly record struct CopyDataAnswer(CopyDataCode Code, int Count = 0)
{
    public long Encode() =>
        ((long)CopyDataLayout.AnswerMark << CopyDataLayout.AnswerMarkShift)
        | ((long)Code << CopyDataLayout.AnswerCodeShift)
        | (uint)Count;

    /// <summary>Reads what a window answered. One that knows nothing of us answers 0, 1 or anything else, and that is
    /// <see cref="CopyDataCode.Gone"/>.</summary>
    public static CopyDataAnswer Decode(long answer)
    {
        var code = (CopyDataCode)(byte)(answer >> CopyDataLayout.AnswerCodeShift);
        var count = (int)answer;
        var isOurs = (ulong)answer >> CopyDataLayout.AnswerMarkShift == CopyDataLayout.AnswerMark;
        return isOurs && code is >= CopyDataCode.Taken and <= CopyDataCode.NoSection && count >= 0
            ? new CopyDataAnswer(code, count)
            : new CopyDataAnswer(CopyDataCode.Gone);
    }
}

/// <summary>What became of a message. The numbers are part of the protocol.</summary>
internal enum CopyDataCode : byte
{
    /// <summary>Taken as far as the count says: less than was sent, or nothing, means that there is no more room, and
    /// that <see cref="CopyDataSignal.Room"/> will come.</summary>
    Taken = 1,

    /// <summary>Nobody here has this key.</summary>
    Gone = 2,

    /// <summary>The message broke the protocol, and with it the connection.</summary>
    Broken = 3,

    /// <summary>The listener has no room for another client now.</summary>
    Busy = 4,

    /// <summary>The receiver cannot reach the sender's section; the bytes must come in messages.</summary>
    NoSection = 5,
}
