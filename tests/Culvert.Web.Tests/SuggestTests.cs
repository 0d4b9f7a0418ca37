using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Culvert.Web.Tests;

/// <summary>What the query box offers, by keyboard and by pointer.</summary>
public sealed class SuggestTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Options = "#suggestions [role=option]";

    [Fact]
    public async Task Field_ByKeyboard_IsCompletedAndSoIsItsValue()
    {
        await using var page = await OpenAsync();
        var box = page.Page.Locator("#query");
        await box.PressSequentiallyAsync("order servi");
        await page.Expect(Options).ToHaveCountAsync(1);
        await page.Expect(Options).ToContainTextAsync("service:");
        await box.PressAsync("ArrowDown");
        await page.Expect($"{Options}[aria-selected=true]").ToHaveAttributeAsync("id", "suggestion-0");
        await page.Expect("#query").ToHaveAttributeAsync("aria-activedescendant", "suggestion-0");
        await box.PressAsync("Enter");
        await page.Expect("#query").ToHaveValueAsync("order service:");

        await box.PressSequentiallyAsync("che");
        await page.Expect(Options).ToContainTextAsync("checkout");
        await box.PressAsync("ArrowDown");
        await box.PressAsync("Tab");
        await page.Expect("#query").ToHaveValueAsync("order service:checkout ");
        await page.Expect("#query").ToBeFocusedAsync();
        await page.Expect("#suggestions").ToBeHiddenAsync();

        await box.PressAsync("Enter");
        await page.Expect("#list .service >> nth=0").ToHaveTextAsync("checkout");
        Assert.Contains("q=order+service%3Acheckout", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enter_WithoutAChoice_SearchesWhatWasTyped()
    {
        await using var page = await OpenAsync();
        var box = page.Page.Locator("#query");
        await box.PressSequentiallyAsync("servi");
        await page.Expect("#suggestions").ToBeVisibleAsync();
        await box.PressAsync("Enter");
        await page.Expect("#suggestions").ToBeHiddenAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("[?&]q=servi(&|$)"));
    }

    [Fact]
    public async Task Escape_WithSuggestions_ClosesThemAndKeepsWhatWasTyped()
    {
        await using var page = await OpenAsync();
        var box = page.Page.Locator("#query");
        await box.PressSequentiallyAsync("level:");
        await page.Expect(Options).Not.ToHaveCountAsync(0);
        await box.PressAsync("Escape");
        await page.Expect("#suggestions").ToBeHiddenAsync();
        await page.Expect("#query").ToHaveValueAsync("level:");
        await page.Expect("#query").ToBeFocusedAsync();
        await box.PressAsync("ArrowDown");
        await page.Expect("#suggestions").ToBeVisibleAsync();
    }

    [Fact]
    public async Task Value_ByPointer_IsTakenAndQuotedWhereItMustBe()
    {
        await using var page = await BrowserPage.OpenAsync(chromium, async site =>
        {
            await site.AddAsync("one", attributes: ("shop", "Café \"Ada\""));
            site.StoreAll();
        });
        await page.ExpectRows().ToHaveCountAsync(1);
        await page.Page.Locator("#query").PressSequentiallyAsync("-shop:caf");
        await page.Page.Locator(Options).ClickAsync();
        await page.Expect("#query").ToHaveValueAsync("-shop:\"Café \\\"Ada\\\"\" ");
    }

    [Fact]
    public async Task Word_WithinAPhrase_IsLeftAlone()
    {
        await using var page = await OpenAsync();
        await page.Page.Locator("#query").PressSequentiallyAsync("\"no level");
        await page.Expect("#suggestions").ToBeHiddenAsync();
    }

    [Fact]
    public async Task EmptyBox_ArrowDown_OffersWhatWasAskedBefore()
    {
        await using var page = await OpenAsync();
        await page.SearchAsync("level>=warn refused");
        await page.Page.Locator("#query").FillAsync("");
        await page.Page.Locator("#query").PressAsync("ArrowDown");
        await page.Expect(Options).ToContainTextAsync("level>=warn refused");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1400)]
    [InlineData(ColorScheme.Dark, 1400)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task Suggestions_EveryLook_FitTheWindow(ColorScheme scheme, int width)
    {
        await using var page = await OpenAsync(scheme, width);
        await page.Page.Locator("#query").PressSequentiallyAsync("level>=warn service:");
        await page.Expect(Options).Not.ToHaveCountAsync(0);
        await page.Page.Locator("#query").PressAsync("ArrowDown");
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        if (Environment.GetEnvironmentVariable("CULVERT_SCREENSHOTS") is not { Length: > 0 } folder) return;
        var name = $"suggest-{scheme}-{width}.png".ToLowerInvariant();
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name) });
    }

    private async Task<BrowserPage> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1400)
    {
        var page = await BrowserPage.OpenAsync(
            chromium,
            async site =>
            {
                await SampleLogs.FillAsync(site);
                site.StoreAll();
            },
            "/", scheme, width);
        await page.Expect("#facets details").Not.ToHaveCountAsync(0);
        return page;
    }
}
