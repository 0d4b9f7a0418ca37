namespace Culvert.Collector.Outputs;

/// <summary>Carries records from the spool to one place, with a cursor of its own, for as long as the collector
/// runs.</summary>
/// <remarks>Start once, then dispose once: it delivers what it can within a few seconds, and the rest stays in the
/// spool. An output never waits for another one.</remarks>
internal interface IOutput : IAsyncDisposable
{
    /// <summary>How it fares; any thread.</summary>
    OutputStatus Status { get; }

    void Start();
}
