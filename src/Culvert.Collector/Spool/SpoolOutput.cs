namespace Culvert.Collector.Spool;

/// <summary>How far one output has come, and what became of the records it did not get. Under the spool's
/// gate.</summary>
internal sealed class SpoolOutput(string name, ulong startedAt)
{
    // Ranges that could not be read and lie at or above the cursor, ascending; there are only ever a few.
    private readonly List<(ulong From, ulong To)> _damage = [];

    public string Name { get; } = name;

    /// <summary>The position at which the output began: what is below was there before it.</summary>
    public ulong StartedAt { get; init; } = startedAt;

    /// <summary>All below is done with.</summary>
    public ulong Cursor { get; private set; } = startedAt;

    public ulong Stored { get; private set; }

    public ulong Expired { get; private set; }

    public ulong Damaged { get; private set; }

    public static SpoolOutput Restore(
        string name, ulong startedAt, ulong cursor, ulong stored, ulong expired, ulong damaged) =>
        new(name, startedAt) { Cursor = cursor, Stored = stored, Expired = expired, Damaged = damaged };

    /// <summary>A reader of this output found that a range cannot be read; it is counted when the cursor passes
    /// it.</summary>
    public void NoteDamage(ulong from, ulong to)
    {
        from = Math.Max(from, _damage.Count == 0 ? Cursor : Math.Max(Cursor, _damage[^1].To));
        if (from < to) _damage.Add((from, to));
    }

    /// <summary>The output has all below the position.</summary>
    public void Commit(ulong position)
    {
        if (position <= Cursor) return;
        var damaged = TakeDamage(position);
        Damaged += damaged;
        Stored += position - Cursor - damaged;
        Cursor = position;
    }

    /// <summary>All below the position is deleted: what the output has not confirmed of it is lost to it.</summary>
    public void Expire(ulong position)
    {
        if (position <= Cursor) return;
        var damaged = TakeDamage(position);
        Damaged += damaged;
        Expired += position - Cursor - damaged;
        Cursor = position;
    }

    /// <summary>The output's own cursor is behind (it lost what it had, or it was kept elsewhere): it gets it
    /// again.</summary>
    public void Rewind(ulong position)
    {
        if (position >= Cursor) return;
        var back = Cursor - Math.Max(position, StartedAt);
        _damage.Clear();
        Cursor -= back;
        Stored -= Take(Stored, ref back);
        Expired -= Take(Expired, ref back);
        Damaged -= Take(Damaged, ref back);
    }

    private static ulong Take(ulong available, ref ulong wanted)
    {
        var taken = Math.Min(available, wanted);
        wanted -= taken;
        return taken;
    }

    private ulong TakeDamage(ulong position)
    {
        var total = 0UL;
        while (_damage.Count > 0 && _damage[0].From < position)
        {
            var (from, to) = _damage[0];
            total += Math.Min(to, position) - from;
            if (to <= position) _damage.RemoveAt(0);
            else _damage[0] = (position, to);
        }

        return total;
    }
}
