namespace Culvert.Collector.Store;

/// <summary>A place in the order of results, newest first by (time, position): what follows is older than
/// this.</summary>
internal readonly record struct SearchCursor(long TimeNs, ulong Position) : IComparable<SearchCursor>
{
    public int CompareTo(SearchCursor other)
    {
        var byTime = TimeNs.CompareTo(other.TimeNs);
        return byTime != 0 ? byTime : Position.CompareTo(other.Position);
    }
}
