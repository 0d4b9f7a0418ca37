namespace Culvert.Connections;

/// <summary>How a connection is made.</summary>
public sealed class ConnectOptions
{
    /// <summary>How long to try in all. Default 5 s; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits for ever.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of one direction held in user memory before the writer waits. Default 1 MiB.</summary>
    public int BufferBytes { get; init; } = 1024 * 1024;
}
