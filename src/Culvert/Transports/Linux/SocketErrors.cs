using System.ComponentModel;
using Culvert.Connections;

namespace Culvert.Transports.Linux;

/// <summary>Turns error numbers into the exceptions of the contracts.</summary>
internal static class SocketErrors
{
    /// <summary>Another error of the system, with its own words.</summary>
    public static ConnectionException System(int errno, string what)
    {
        var inner = new Win32Exception(errno);
        return new ConnectionException(ConnectionError.System, $"{what}: {inner.Message} (error {errno}).", inner);
    }

    /// <summary>Why a dial failed.</summary>
    public static ConnectionException Dial(int errno, Endpoint endpoint)
    {
        var inner = new Win32Exception(errno);
        return errno switch
        {
            Errno.ConnectionRefused or Errno.NoEntry or Errno.NotDirectory => new ConnectionException(
                ConnectionError.NobodyListens, $"Nobody listens at {endpoint}; start the listener first.", inner),
            Errno.WouldBlock => Busy(endpoint),
            Errno.AccessDenied or Errno.NotPermitted => new ConnectionException(
                ConnectionError.NotAllowed,
                $"This user may not connect to {endpoint}; let the listener admit it by its access option.", inner),
            Errno.TimedOut => TimedOut(endpoint),
            Errno.WrongSocketType => new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"{endpoint} is a datagram socket, which takes no connections.", inner),
            Errno.NameTooLong or Errno.InvalidArgument => new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The system takes no such address: {endpoint}.", inner),
            _ => System(errno, $"Connecting to {endpoint} failed"),
        };
    }

    public static ConnectionException Busy(Endpoint endpoint) => new(
        ConnectionError.Busy, $"The listener at {endpoint} has no room for another connection; try again later.");

    public static ConnectionException TimedOut(Endpoint endpoint) => new(
        ConnectionError.TimedOut, $"Connecting to {endpoint} took longer than the deadline; see if the host answers.");
}
