namespace Culvert.Cli.Services;

/// <summary>Whoever started the collector and keeps it running, and wants to know how it is: systemd, or the service
/// manager of Windows.</summary>
/// <remarks>One thread calls. A manager that cannot be told any more never ends the collector.</remarks>
internal interface IServiceManager : IAsyncDisposable
{
    /// <summary>Completes when the manager wants the collector to stop; never where it says so by a signal.</summary>
    Task StopRequested { get; }

    /// <summary>The data folder is known: what a person is told may go there.</summary>
    void DataFolderIs(string folder);

    /// <summary>Records are accepted from now on.</summary>
    /// <param name="answerAsync">Completes when the collector has proved that it works, for a watchdog.</param>
    void Ready(Func<Task> answerAsync);

    /// <summary>The collector begins to stop.</summary>
    ValueTask StoppingAsync();

    /// <summary>It did not start, for the reason in this sentence.</summary>
    void Failed(string sentence);
}
