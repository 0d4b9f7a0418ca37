using System.Diagnostics.CodeAnalysis;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>Counts the connections of one input, in all and by user. Any thread.</summary>
internal sealed class ConnectionCounter(int connectionsMax, int perUserMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, int> _byUser = [];
    private int _count;

    public bool TryAdd(uint? user, [NotNullWhen(false)] out string? reason)
    {
        lock (_gate)
        {
            reason = null;
            var ofUser = user is { } id ? _byUser.GetValueOrDefault(id) : 0;
            if (_count >= connectionsMax)
                reason = $"All {connectionsMax} connections of this input are taken; close some, or try again later.";
            else if (ofUser >= perUserMax)
                reason =
                    $"User {user} has {perUserMax} connections to this input already; close some, or try again later.";
            if (reason is not null) return false;
            _count++;
            if (user is { } added) _byUser[added] = ofUser + 1;
            return true;
        }
    }

    public void Remove(uint? user)
    {
        lock (_gate)
        {
            _count--;
            if (user is not { } id) return;
            if (--_byUser[id] == 0) _byUser.Remove(id);
        }
    }
}
