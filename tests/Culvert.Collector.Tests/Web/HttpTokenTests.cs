using Culvert.Collector.Web.Access;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Web;

public sealed class HttpTokenTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void LoadOrCreate_FirstTime_MakesAFileForTheOwnerAlone()
    {
        var token = Load();
        var file = Path.Combine(_folder.Path, HttpToken.FileName);
        Assert.Equal(43, token.Text.Length);
        Assert.Equal(token.Text, File.ReadAllText(file).Trim());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void LoadOrCreate_SecondTime_ReadsTheSame() => Assert.Equal(Load().Text, Load().Text);

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    public void LoadOrCreate_DamagedFile_MakesANewOne(string content)
    {
        File.WriteAllText(Path.Combine(_folder.Path, HttpToken.FileName), content);
        Assert.Equal(43, Load().Text.Length);
    }

    [Fact]
    public void IsSession_UntilItsEnd_AndNotAfter()
    {
        var token = Load();
        var end = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000);
        var session = token.IssueSession(end);
        Assert.True(token.IsSession(session, end.AddSeconds(-1)));
        Assert.False(token.IsSession(session, end));
        Assert.False(token.IsSession("9" + session, end.AddSeconds(-1)));
        Assert.False(token.IsSession("", end));
        Assert.False(token.IsSession(".", end));
        Assert.False(token.IsSession(new string('1', 5000) + ".x", end));
    }

    public void Dispose() => _folder.Dispose();

    private HttpToken Load() => HttpToken.LoadOrCreate(_folder.Path, NullLogger.Instance);
}
