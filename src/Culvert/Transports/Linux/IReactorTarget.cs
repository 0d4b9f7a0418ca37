namespace Culvert.Transports.Linux;

/// <summary>Somebody who is told when a socket's state changes.</summary>
internal interface IReactorTarget
{
    /// <summary>
    /// Something changed. Runs on a poller thread and may run on two at once for one socket; it may block, and then
    /// another thread polls for the other sockets. Must not throw.
    /// </summary>
    void OnEvents(EpollEvents events);
}
