using Culvert.Collector.Inputs.Files;

namespace Culvert.Collector.Tests.Inputs.Files;

public sealed class FileGlobTests
{
    [Theory]
    [InlineData("/var/log/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/*.log", "/var/log/a.log.1", false)]
    [InlineData("/var/log/*.log", "/var/log/x/a.log", false)]
    [InlineData("/var/log/**/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/**/*.log", "/var/log/x/y/a.log", true)]
    [InlineData("/var/log/a?.log", "/var/log/ab.log", true)]
    [InlineData("/var/log/a?.log", "/var/log/a.log", false)]
    [InlineData("/var/**/x/*.log", "/var/x/x/a.log", true)]
    [InlineData("/var/log/syslog", "/var/log/syslog", true)]
    public void IsMatch_Path_IsAsThePatternSays(string pattern, string path, bool expected) =>
        Assert.Equal(expected, new FileGlob(pattern).IsMatch(Path.GetFullPath(path)));

    [Fact]
    public void IsMatch_NameInAnotherCase_IsAsTheSystemHasIt() =>
        Assert.Equal(OperatingSystem.IsWindows(), new FileGlob("/var/log/A*").IsMatch(Path.GetFullPath("/var/log/a")));

    [Fact]
    public void Pattern_OfWindows_KeepsItsVolumeApart()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Paths with volumes are Windows'.");
        var glob = new FileGlob("C:/logs/**/*.log");
        Assert.Equal(@"C:\logs", glob.Root);
        Assert.True(glob.IsMatch(@"c:\Logs\a\B.LOG"));
        Assert.False(glob.IsMatch(@"D:\logs\a\b.log"));
        Assert.Equal(@"\\server\share\logs", new FileGlob(@"\\server\share\logs\*.log").Root);
    }

    [Theory]
    [InlineData("/var/log/*.log", "/var/log", false)]
    [InlineData("/var/log/syslog", "/var/log", false)]
    [InlineData("/var/*/a.log", "/var", true)]
    [InlineData("/**", "/", false)]
    public void Root_OfAPattern_IsTheFolderWithoutWildcards(string pattern, string root, bool isDeep)
    {
        var glob = new FileGlob(pattern);
        Assert.Equal(Path.GetFullPath(root), glob.Root);
        Assert.Equal(isDeep, glob.IsDeep);
    }
}
