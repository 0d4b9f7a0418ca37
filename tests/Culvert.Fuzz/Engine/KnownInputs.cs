namespace Culvert.Fuzz.Engine;

/// <summary>Inputs that other programs send, and such as once failed; each run begins with them.</summary>
internal static class KnownInputs
{
    public static IEnumerable<byte[]> Of(string target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Inputs", target);
        return Directory.Exists(folder) ? Directory.GetFiles(folder).Select(File.ReadAllBytes) : [];
    }
}
