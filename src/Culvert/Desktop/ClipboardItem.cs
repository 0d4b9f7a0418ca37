using Culvert.Connections;

namespace Culvert.Desktop;

/// <summary>What was on the clipboard.</summary>
/// <param name="Value">The value.</param>
/// <param name="Owner">The process that owned the clipboard when the value was read, as the system says: the one that
/// emptied it last. Null when it has ended. Another program may have replaced the value since without becoming the
/// owner, so this is no proof of who wrote it.</param>
/// <param name="Sequence">The system's number of the clipboard's content; it grows with every change by any
/// program.</param>
public sealed record ClipboardItem<T>(T Value, Peer? Owner, uint Sequence);
