namespace Culvert.Collector.Store;

/// <summary>The steps at which a crash is proved harmless. In production nothing listens.</summary>
internal sealed class StoreKillPoints(Action<string>? reached = null)
{
    public const string BeforeCommit = "before-commit";
    public const string AfterCommit = "after-commit";
    public const string BeforeFirstCommit = "before-first-commit";
    public const string BeforeDelete = "before-delete";

    public static StoreKillPoints None { get; } = new();

    public void Reached(string step) => reached?.Invoke(step);
}
