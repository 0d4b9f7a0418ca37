namespace Culvert.Cli.Services;

/// <summary>The calls of Windows that a service makes. Errors are those of winerror.h, 0 for none.</summary>
internal interface IServiceControl
{
    /// <summary>StartServiceCtrlDispatcher: gives this thread to the service manager until the service has stopped.
    /// The manager has <paramref name="main"/> called on another thread, and controls on this one.</summary>
    int Dispatch(Action main);

    /// <summary>RegisterServiceCtrlHandlerEx: who answers controls. Called once, by main.</summary>
    int Register(Func<uint, int> onControl);

    /// <summary>SetServiceStatus.</summary>
    int SetStatus(in ServiceStatus status);

    /// <summary>ReportEvent: an error in the system's event log.</summary>
    void Report(string text);
}
