namespace Culvert.Connections;

/// <summary>How a listener admits clients.</summary>
public sealed class ListenerOptions
{
    /// <summary>Who may connect. Default: the same user only. Ignored by <c>tcp://</c>, which has no kernel identity.</summary>
    public AccessPolicy Access { get; init; } = AccessPolicy.SameUser;

    /// <summary>Connections the system holds before they are accepted. Default 512, range 1 to 65,535. Raising it
    /// lets more silent clients wait in kernel memory.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Bytes of one direction held in user memory before the writer waits. Default 1 MiB. Each connection
    /// may use twice this.</summary>
    public int BufferBytes { get; init; } = 1024 * 1024;
}
