namespace Culvert.Collector.Configuration;

/// <summary>Where things lie when nobody says otherwise; source: the XDG Base Directory Specification, and the known
/// folders of Windows.</summary>
internal static class UserFolders
{
    private const string Name = "culvert";

    /// <summary>The data folder: <c>$CULVERT_DATA</c>, or <c>culvert</c> in the user's data folder.</summary>
    public static string Data =>
        Environment.GetEnvironmentVariable("CULVERT_DATA") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), Name);

    /// <summary>The configuration file that is read when there is one and none is named.</summary>
    public static string ConfigurationFile =>
        Path.Combine(Environment.GetFolderPath(
            Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), Name,
            "culvert.json");
}
