namespace Culvert.Collector.Inputs;

/// <summary>Every limit of the inputs that take connections or datagrams, in one place. Limits of lines stand in
/// <see cref="Lines.LineLimits"/>, of records in RecordLimits.</summary>
internal static class InputLimits
{
    /// <summary>Connections of one input at a time. One more is told so and closed.</summary>
    public const int ConnectionsMax = 1_024;

    /// <summary>Connections of one user at one input at a time, so that one user cannot take all of them.</summary>
    public const int ConnectionsPerUserMax = 512;

    /// <summary>How long a native client may take from its first byte to its Hello. A client that has not sent a byte
    /// may wait for ever: a program that logs plain lines is often silent.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long the last acknowledgements and an error may take to a client that does not read them.</summary>
    public static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Batches of one connection that were handed over and are not durable yet; then it is not read.</summary>
    public const int InFlightBatchesMax = 64;

    /// <summary>Bytes of one connection that were handed over and are not durable yet. One batch may exceed it
    /// alone.</summary>
    public const int InFlightBytesMax = 4 * 1024 * 1024;

    /// <summary>Bytes in flight of all connections of an input together, several times what a disk takes between two
    /// fsyncs. They are in memory twice, here and in the spool's group. Beyond, each connection has one batch in
    /// flight.</summary>
    public const long InFlightBytesOfInputMax = 8 * 1024 * 1024;

    /// <summary>Bytes that a connection buffers in each direction: the largest frame, so that one always
    /// fits.</summary>
    public const int BufferBytes = Shipping.LogProtocol.FrameBytesMax + 64 * 1024;

    /// <summary>First wait before a batch is given again that found the disk full; it doubles.</summary>
    public static readonly TimeSpan FullRetryFirst = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before a batch is given again that found the disk full.</summary>
    public static readonly TimeSpan FullRetryMax = TimeSpan.FromSeconds(5);

    /// <summary>How long lines are gathered for a batch that is not full.</summary>
    public static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(5);

    /// <summary>Wait after the system refused to accept a connection, for want of handles for example.</summary>
    public static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(200);

    /// <summary>Largest datagram that is read, in bytes: as large as UDP's can be. Unix datagrams may be larger; their
    /// tail is cut and counted.</summary>
    public const int DatagramBytesMax = 64 * 1024;

    /// <summary>Receive buffer asked of the kernel for datagrams, in bytes, since nothing can make their sender
    /// wait.</summary>
    public const int DatagramBufferBytes = 8 * 1024 * 1024;
}
