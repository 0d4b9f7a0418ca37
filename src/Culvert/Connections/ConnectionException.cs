namespace Culvert.Connections;

/// <summary>A connection could not be made, or ended while it was in use.</summary>
public sealed class ConnectionException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What went wrong, for programs.</param>
    /// <param name="message">What happened, to what, and what to do next.</param>
    /// <param name="inner">The system's own error, if there was one.</param>
    public ConnectionException(ConnectionError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>What went wrong, for programs.</summary>
    public ConnectionError Error { get; }
}

/// <summary>What can go wrong with a connection or a listener.</summary>
public enum ConnectionError
{
    /// <summary>Nobody listens at the endpoint.</summary>
    NobodyListens,

    /// <summary>Somebody listens, but has no room for another connection now.</summary>
    Busy,

    /// <summary>The endpoint is there, but this user is not admitted.</summary>
    NotAllowed,

    /// <summary>Somebody listens, who is not the user whom this client trusts.</summary>
    WrongOwner,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The name is taken: another listener is alive there, or a file that is no socket is in the
    /// way.</summary>
    AddressInUse,

    /// <summary>The endpoint cannot be read by its transport, or the transport is not there on this system.</summary>
    InvalidEndpoint,

    /// <summary>The connection ended; the close reason says why.</summary>
    Closed,

    /// <summary>The peer broke the protocol or a limit.</summary>
    ProtocolViolation,

    /// <summary>The peer did not prove who it is: its certificate is missing, signed by nobody that is trusted, not
    /// valid now, or another's.</summary>
    NotTrusted,

    /// <summary>The operating system reported another error.</summary>
    System,
}
