using Culvert.Connections;
using Culvert.Transports.CopyData;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>What a <c>copydata://</c> endpoint may say, and where it is understood.</summary>
public sealed class CopyDataNameTests
{
    [Theory]
    [InlineData("copydata://")]
    [InlineData("copydata://a/b")]
    [InlineData(@"copydata://a\b")]
    [InlineData("copydata://a b")]
    [InlineData("copydata://name?integrity=low")]
    [InlineData("copydata://name?owner=")]
    [InlineData("copydata://name?mode=message")]
    public void Of_WhatIsNoNameOrOption_IsAnInvalidEndpoint(string text)
    {
        var error = Assert.Throws<ConnectionException>(() => CopyDataName.Of(Endpoint.Parse(text)));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
    }

    [Fact]
    public void Of_ANameThatIsTooLong_IsAnInvalidEndpoint()
    {
        var longest = new string('x', CopyDataLimits.NameLengthMax);
        Assert.Equal(longest, CopyDataName.Of(Endpoint.Parse($"copydata://{longest}")).Title);
        Assert.Throws<ConnectionException>(() => CopyDataName.Of(Endpoint.Parse($"copydata://{longest}x")));
    }

    [Fact]
    public void Of_AGoodName_IsInLowerCaseWithItsOptions()
    {
        var name = CopyDataName.Of(Endpoint.Parse("copydata://My-App_1.0?integrity=any&owner=S-1-5-18"));
        Assert.Equal(("my-app_1.0", true, "S-1-5-18"), (name.Title, name.AdmitsLowerIntegrity, name.Owner));
    }

    [Fact]
    public async Task ListenAndConnect_OnAnotherSystem_SayThatItIsOfWindows()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is there on Windows.");
        var token = TestContext.Current.CancellationToken;
        var listen = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync("copydata://name", cancellationToken: token));
        var connect = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync("copydata://name", cancellationToken: token));
        foreach (var error in new[] { listen, connect })
        {
            Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
            Assert.Contains("Windows", error.Message, StringComparison.Ordinal);
        }
    }
}
