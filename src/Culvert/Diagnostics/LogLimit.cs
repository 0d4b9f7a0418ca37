namespace Culvert.Diagnostics;

/// <summary>Lets so many lines through in an interval and counts the rest, so that whoever can bring a line about
/// cannot fill a log with it. Any thread.</summary>
/// <param name="lines">Lines in an interval.</param>
/// <param name="interval">Begins with the first line after the one before is over.</param>
/// <param name="time">The clock.</param>
internal sealed class LogLimit(int lines, TimeSpan interval, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _beganAt = long.MinValue;
    private int _written;
    private long _leftOut;

    /// <summary>Whether the line is to be written.</summary>
    /// <param name="leftOut">If so, how many were left out since the last one.</param>
    public bool TryEnter(out long leftOut)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_beganAt == long.MinValue || time.GetElapsedTime(_beganAt, now) >= interval)
                (_beganAt, _written) = (now, 0);
            if (_written >= lines)
            {
                _leftOut++;
                leftOut = 0;
                return false;
            }

            _written++;
            (leftOut, _leftOut) = (_leftOut, 0);
            return true;
        }
    }

    /// <summary>How many were left out and not told yet; they count as told now.</summary>
    public long TakeLeftOut()
    {
        lock (_gate)
        {
            var leftOut = _leftOut;
            _leftOut = 0;
            return leftOut;
        }
    }
}
