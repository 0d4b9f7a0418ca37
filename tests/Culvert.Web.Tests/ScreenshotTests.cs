using Microsoft.Playwright;

namespace Culvert.Web.Tests;

/// <summary>Takes the pictures of the page that people look at: CULVERT_SCREENSHOTS names the folder they go
/// to.</summary>
public sealed class ScreenshotTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("page-light", "/", ColorScheme.Light, 1400, 900)]
    [InlineData("page-dark", "/?q=level%3E%3Dwarn", ColorScheme.Dark, 1400, 900)]
    [InlineData("page-mobile", "/", ColorScheme.Light, 400, 860)]
    public async Task Page_EveryLook_FitsItsWindow(string name, string path, ColorScheme scheme, int width, int height)
    {
        await using var page = await OpenAsync(path, scheme, width, height);
        await page.ExpectRows().ToHaveCountAsync(200);
        if (scheme == ColorScheme.Dark)
        {
            var error = page.Page.Locator("#list .record.level-error").First;
            await error.Locator(".row").ClickAsync();
            await page.Page.EvaluateAsync("scrollTo(0, 0)");
            await page.Page.Mouse.MoveAsync(0, 0);
        }

        await SaveAsync(page, name);
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
            "The page is wider than its window.");
    }

    [Theory]
    [InlineData("record-light", "/?record=3000", ColorScheme.Light)]
    [InlineData("ledger-dark", "/?view=ledger", ColorScheme.Dark)]
    [InlineData("ledger-light", "/?view=ledger", ColorScheme.Light)]
    [InlineData("empty-light", "/?q=nosuchword", ColorScheme.Light)]
    [InlineData("search-dark", "/?q=level>%3Dwarn+order", ColorScheme.Dark)]
    public async Task View_Other_FitsItsWindow(string name, string path, ColorScheme scheme)
    {
        await using var page = await OpenAsync(path, scheme, 1400, 900);
        await page.Page.WaitForTimeoutAsync(300);
        await SaveAsync(page, name);
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
            "The page is wider than its window.");
    }

    private static async Task SaveAsync(BrowserPage page, string name)
    {
        await page.Page.WaitForFunctionAsync("document.fonts.status === 'loaded'");
        if (Environment.GetEnvironmentVariable("CULVERT_SCREENSHOTS") is not { Length: > 0 } folder) return;
        await page.Page.ScreenshotAsync(
            new() { Path = Path.Combine(folder, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
    }

    private Task<BrowserPage> OpenAsync(string path, ColorScheme scheme, int width, int height) =>
        BrowserPage.OpenAsync(
        chromium,
        async site =>
        {
            await SampleLogs.FillAsync(site);
            site.StoreAll();
        },
        path, scheme, width, height);
}
