namespace Culvert.Connections;

/// <summary>How a connection is made.</summary>
public sealed class ConnectOptions
{
    /// <summary>How long to try in all. Default 5 s; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits
    /// for ever.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
