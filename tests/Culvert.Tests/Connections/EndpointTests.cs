using Culvert.Connections;

namespace Culvert.Tests.Connections;

/// <summary>Endpoints as they are read from text.</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData("local://name", "local", "name")]
    [InlineData("UNIX:///run/app.sock", "unix", "/run/app.sock")]
    [InlineData("tcp://[::1]:9000", "tcp", "[::1]:9000")]
    [InlineData("syslog+udp://0.0.0.0:514", "syslog+udp", "0.0.0.0:514")]
    [InlineData("stdio:", "stdio", "")]
    public void Parse_OfAGoodOne_SplitsIt(string text, string scheme, string address)
    {
        var endpoint = Endpoint.Parse(text);
        Assert.Equal(scheme, endpoint.Scheme);
        Assert.Equal(address, endpoint.Address);
        Assert.Equal(text, endpoint.ToString());
        Assert.Equal(endpoint, Endpoint.Parse(text));
    }

    [Fact]
    public void Parse_WithOptions_ReadsThemUnescaped()
    {
        var endpoint = Endpoint.Parse("pipe://name?mode=message&x=a%20b&flag");
        Assert.Equal("name", endpoint.Address);
        Assert.Equal("message", endpoint.Options["mode"]);
        Assert.Equal("a b", endpoint.Options["x"]);
        Assert.Equal("", endpoint.Options["flag"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("://x")]
    [InlineData("1up://x")]
    [InlineData("a b://x")]
    [InlineData("pipe://x?a=1&a=2")]
    public void Parse_OfABadOne_SaysWhatIsWrong(string text)
    {
        Assert.False(Endpoint.TryParse(text, out _, out var problem));
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Endpoint.Parse(text));
    }

    [Fact]
    public void TryParse_OfAnyText_NeverThrows()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const string Alphabet = "ab1:/?&=%+-. \0\uD800é[]";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string(random.GetItems<char>(Alphabet, random.Next(0, 40)));
            var isGood = Endpoint.TryParse(text, out var endpoint, out var problem);
            Assert.True(isGood ? endpoint is not null : problem is not null, $"seed {seed}, text '{text}'");
        }

        Assert.False(Endpoint.TryParse(new string('a', 1 << 20), out _, out _));
    }

    [Theory]
    [InlineData("nosuch://x", "there are copydata, ")]
    [InlineData("unix://relative", "absolute path")]
    [InlineData("unix:///", "absolute path")]
    [InlineData("tcp://nohost", "tcp://127.0.0.1:9000")]
    [InlineData("tcp://h:99999", "tcp://127.0.0.1:9000")]
    [InlineData("local://../up", "letters, digits")]
    [InlineData("local://.hidden", "letters, digits")]
    [InlineData("pipe://x?mode=message", "message mode")]
    [InlineData("mem://", "mem://name")]
    public async Task Bind_AtAnAddressThatIsNone_IsInvalidEndpointWithASentence(string text, string hint)
    {
        Assert.SkipWhen(
            OperatingSystem.IsWindows() && text.Contains("mode=message", StringComparison.Ordinal),
            "Named pipes of Windows have a message mode.");
        var token = TestContext.Current.CancellationToken;
        var bind = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync(text, cancellationToken: token));
        var dial = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(text, cancellationToken: token));
        Assert.Equal(ConnectionError.InvalidEndpoint, bind.Error);
        Assert.Equal(ConnectionError.InvalidEndpoint, dial.Error);
        Assert.Contains(hint, bind.Message, StringComparison.Ordinal);
    }
}
