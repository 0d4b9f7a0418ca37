namespace Culvert.Collector.Store;

/// <summary>A place in the order of results, newest first by (time, position): what follows is older than
/// this.</summary>
/// <param name="TimeNs">The record's time.</param>
/// <param name="Position">Its position.</param>
/// <param name="Id">Its id, where positions are those of several collectors; the store has none and does not compare
/// it.</param>
internal readonly record struct SearchCursor(long TimeNs, ulong Position, string? Id = null) :
    IComparable<SearchCursor>
{
    public int CompareTo(SearchCursor other)
    {
        var byTime = TimeNs.CompareTo(other.TimeNs);
        return byTime != 0 ? byTime : Position.CompareTo(other.Position);
    }
}
