using System.Net;
using System.Text.Json;
using Culvert.Collector.Web;

namespace Culvert.Collector.Tests.Web;

public sealed class AccessTests
{
    [Fact]
    public async Task Get_SameUserOnLoopback_IsAdmitted()
    {
        await using var host = await HttpHostUnderTest.StartAsync();

        using var answer = await host.GetAsync("/api/probe");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("uid=", await Text(answer));
        Assert.NotEqual("uid=", await Text(answer));
    }

    [Theory]
    [InlineData("/api/probe")]
    [InlineData("/healthz")]
    [InlineData("/")]
    [InlineData("/nothing-here")]
    public async Task Get_Stranger_IsRefused(string path)
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);

        using var answer = await host.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("http-token", await Text(answer));
        Assert.Equal(1, host.Host.Counters.Refusals(RefusalReason.Identity));
    }

    [Fact]
    public async Task Post_Stranger_IsRefused()
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);
        using var answer = await host.SendAsync(HttpMethod.Post, "/v1/probe");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Get_StrangerWithToken_IsAdmitted()
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);
        using var answer = await host.GetAsync("/api/probe", $"Authorization: Bearer {host.Token}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("äAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Get_StrangerWithWrongToken_IsRefused(string token)
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);
        using var answer = await host.GetAsync(
            $"/api/probe?token={Uri.EscapeDataString(token)}", $"Authorization: Bearer {Uri.EscapeDataString(token)}");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Get_TokenInAddress_BecomesASessionThatIsNotTheToken()
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);

        using var first = await host.GetAsync($"/?q=a%20b&token={host.Token}");
        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        var pair = cookie[..cookie.IndexOf(';', StringComparison.Ordinal)];
        using var second = await host.GetAsync("/api/probe", $"Cookie: {pair}");
        using var forged = await host.GetAsync("/api/probe", $"Cookie: {pair[..^2]}AA");

        Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        Assert.Equal("/?q=a%20b", first.Headers.Location!.OriginalString);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(host.Token, cookie);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
    }

    [Fact]
    public async Task Get_TokenInAddressOfTheApi_IsNotTaken()
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);
        using var answer = await host.GetAsync($"/api/probe?token={host.Token}");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:7514", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("0.0.0.0", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:8080", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:7514", HttpStatusCode.OK)]
    [InlineData("logs.example", HttpStatusCode.OK)]
    public async Task Get_HostHeader_MustBeOneOfOurs(string name, HttpStatusCode expected)
    {
        await using var host = await HttpHostUnderTest.StartAsync(
            new HttpOptions { Address = "127.0.0.1:0", Hosts = ["logs.example"] });
        using var answer = await host.GetAsync("/api/probe", $"Host: {name}", $"Authorization: Bearer {host.Token}");
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("10.244.1.7:7514", HttpStatusCode.OK)]
    [InlineData("[fd00::7]:7514", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.244.1.7.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("127.1", HttpStatusCode.Forbidden)]
    [InlineData("2130706433", HttpStatusCode.Forbidden)]
    [InlineData("0x7f.1", HttpStatusCode.Forbidden)]
    public async Task Get_OfAHostBoundToEveryAddress_TakesAnyAddressAndNoName(string name, HttpStatusCode expected)
    {
        await using var host = await HttpHostUnderTest.StartAsync(
            new HttpOptions { Address = "0.0.0.0:0", Insecure = true });
        host.Client.BaseAddress = new Uri($"http://127.0.0.1:{host.Host.Address.Port}");
        using var answer = await host.GetAsync("/api/probe", $"Host: {name}", $"Authorization: Bearer {host.Token}");
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("Origin: http://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Origin: http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    public async Task AnyRequest_OfAnotherSitesPage_IsRefused(string header)
    {
        await using var host = await HttpHostUnderTest.StartAsync();

        using var read = await host.GetAsync("/api/probe", header);
        using var written = await host.SendAsync(HttpMethod.Post, "/v1/probe", header);

        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, written.StatusCode);
        Assert.Equal(2, host.Host.Counters.Refusals(RefusalReason.Origin));
    }

    [Fact]
    public async Task Post_OfOurOwnPage_IsAdmitted()
    {
        await using var host = await HttpHostUnderTest.StartAsync();
        var origin = host.Host.Address.GetLeftPart(UriPartial.Authority);
        using var answer = await host.SendAsync(
            HttpMethod.Post, "/v1/probe", $"Origin: {origin}", "Sec-Fetch-Site: same-origin");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Get_LinkFromAnotherSite_ReloadsThePageAsOurOwn()
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);
        string[] link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];

        using var page = await host.GetAsync("/?q=x", link);
        using var framed = await host.GetAsync(
            "/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe");
        using var api = await host.GetAsync("/api/probe", link);

        Assert.Contains("http-equiv=\"refresh\"", await Text(page));
        Assert.Equal(HttpStatusCode.Forbidden, framed.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, api.StatusCode);
    }

    [Fact]
    public async Task Healthz_OpenByOption_AnswersStrangersButNotOtherSites()
    {
        await using var host = await HttpHostUnderTest.StartAsync(
            new HttpOptions { Address = "127.0.0.1:0", OpenMetrics = true }, isStranger: true);

        using var open = await host.GetAsync("/healthz");
        using var foreign = await host.GetAsync("/healthz", "Host: evil.example");
        using var api = await host.GetAsync("/api/probe");

        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task Refusal_IsOneSentenceInJson()
    {
        await using var host = await HttpHostUnderTest.StartAsync(isStranger: true);
        using var answer = await host.GetAsync("/api/probe");
        using var json = JsonDocument.Parse(await Text(answer));
        Assert.EndsWith(".", json.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Get_HandlerThrows_AnswersWithoutTheDetail()
    {
        await using var host = await HttpHostUnderTest.StartAsync();
        using var answer = await host.GetAsync("/api/broken");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("secret", await Text(answer));
    }

    [Fact]
    public async Task Page_Always_CarriesItsPolicyAndIsKeptByTag()
    {
        await using var host = await HttpHostUnderTest.StartAsync();

        using var page = await host.GetAsync("/");
        using var again = await host.GetAsync("/", $"If-None-Match: {page.Headers.ETag}");

        Assert.StartsWith("default-src 'self'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.DoesNotContain("<script>", await Text(page));
        Assert.DoesNotContain(" style=", await Text(page));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("nowhere")]
    [InlineData("[::]:80")]
    public void Options_AddressBeyondLoopbackOrWrong_IsRefusedWithASentence(string address)
    {
        var error = Assert.Throws<FormatException>(() => new HttpOptions { Address = address }.ReadAddress());
        Assert.EndsWith(".", error.Message);
    }

    private static Task<string> Text(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
