namespace Culvert.Collector.Configuration;

/// <summary>A value as it was written, before anybody knows whether it is right.</summary>
/// <param name="Path">The names from the top: inputs, local, endpoint.</param>
/// <param name="Texts">The text, or the texts of an array.</param>
/// <param name="IsList">Whether it was written as an array.</param>
/// <param name="Origin">Where it was written.</param>
internal sealed record RawValue(IReadOnlyList<string> Path, IReadOnlyList<string> Texts, bool IsList, string Origin)
{
    public string Text => Texts.Count == 0 ? "" : Texts[0];

    public string PathText => string.Join('.', Path);
}
