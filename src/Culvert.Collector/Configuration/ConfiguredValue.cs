namespace Culvert.Collector.Configuration;

/// <summary>One value in force and where it comes from.</summary>
/// <param name="Path">Where it stands: <c>inputs.local.endpoint</c>.</param>
/// <param name="Setting">What it sets.</param>
/// <param name="Texts">The text, or several of a list; a map's are <c>name=text</c>.</param>
/// <param name="Origin">A file's name, an environment variable, an option, or <c>default</c>.</param>
internal sealed record ConfiguredValue(string Path, Setting Setting, IReadOnlyList<string> Texts, string Origin)
{
    public string Text => Texts.Count == 0 ? "" : Texts[0];
}
