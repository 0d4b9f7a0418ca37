namespace Culvert.Journals;

/// <summary>A journal cannot be made, or cannot be read; the message is for a person.</summary>
internal sealed class JournalException(string message) : IOException(message)
{
    /// <summary>Whether it would be the same again at once: nobody else had a hand in it.</summary>
    public bool IsLasting { get; init; }
}
