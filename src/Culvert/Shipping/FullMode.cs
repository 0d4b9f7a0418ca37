namespace Culvert.Shipping;

/// <summary>What a log call does when the buffer has no room for its record.</summary>
public enum FullMode
{
    /// <summary>It drops the record, counts it by level and returns at once.</summary>
    Drop,

    /// <summary>It waits for room, at most the wait timeout. After one expired wait, calls drop at once until there is
    /// room again.</summary>
    Wait,
}
