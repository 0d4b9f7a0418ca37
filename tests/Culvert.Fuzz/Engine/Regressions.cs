namespace Culvert.Fuzz.Engine;

/// <summary>Inputs that once failed; each run begins with them.</summary>
internal static class Regressions
{
    public static IEnumerable<byte[]> Of(string target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Regressions", target);
        return Directory.Exists(folder) ? Directory.GetFiles(folder).Select(File.ReadAllBytes) : [];
    }
}
