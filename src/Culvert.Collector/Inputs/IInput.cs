namespace Culvert.Collector.Inputs;

/// <summary>Takes records from outside and hands them to the intake. One input is one entry under <c>inputs</c> in the
/// configuration.</summary>
internal interface IInput : IAsyncDisposable
{
    /// <summary>The name in the configuration, under which the ledger counts.</summary>
    string Name { get; }

    /// <summary>Where it takes records once it is started, for the <c>ready</c> line: endpoints with real ports, or
    /// globs.</summary>
    IReadOnlyList<string> Endpoints { get; }

    /// <summary>Begins to take records; throws with a sentence for a person when it cannot.</summary>
    ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops taking records and waits until what was taken is in the spool, or the token is cancelled.
    /// Idempotent.</summary>
    ValueTask StopAsync(CancellationToken cancellationToken);
}
