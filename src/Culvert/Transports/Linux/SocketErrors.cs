using System.ComponentModel;
using Culvert.Connections;
using Culvert.Transports.Links;

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
            Errno.ConnectionRefused or Errno.NoEntry or Errno.NotDirectory => DialErrors.NobodyListens(endpoint, inner),
            Errno.WouldBlock => DialErrors.Busy(endpoint),
            Errno.AccessDenied or Errno.NotPermitted => DialErrors.NotAllowed(endpoint, inner),
            Errno.TimedOut => DialErrors.TimedOut(endpoint),
            Errno.WrongSocketType => new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"{endpoint} is a datagram socket, which takes no connections.", inner),
            Errno.NameTooLong or Errno.InvalidArgument => new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The system takes no such address: {endpoint}.", inner),
            _ => System(errno, $"Connecting to {endpoint} failed"),
        };
    }
}
