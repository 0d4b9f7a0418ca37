using Culvert.Collector.Tests.Web;
using Microsoft.Playwright;

namespace Culvert.Web.Tests;

/// <summary>A page on a site of its own. When it closes, it asserts that nothing was written to the console as an error
/// and that no other origin was asked for anything.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _problems = [];

    private BrowserPage(LogSite site, IBrowserContext context, IPage page)
    {
        (Site, _context, Page) = (site, context, page);
        page.SetDefaultTimeout(20_000);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") _problems.Add(message.Text); };
        page.PageError += (_, error) => _problems.Add(error);
        page.Dialog += (_, dialog) => _problems.Add($"A dialog opened: {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(site.Host.Address.ToString(), StringComparison.Ordinal))
                _problems.Add($"Asked {request.Url}");
        };
    }

    public LogSite Site { get; }

    public IPage Page { get; }

    public ILocator Rows => Page.Locator("#list .record");

    public static async Task<BrowserPage> OpenAsync(
        Chromium chromium, Func<LogSite, Task> fill, string path = "/", ColorScheme scheme = ColorScheme.Light,
        int width = 1400, int height = 900, Func<IPage, Task>? prepare = null)
    {
        var browser = chromium.Browser;
        var site = await LogSite.StartAsync();
        await fill(site);
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = site.Host.Address.ToString(),
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = height },
            AcceptDownloads = true,
        });
        var page = new BrowserPage(site, context, await context.NewPageAsync());
        if (prepare is not null) await prepare(page.Page);
        await page.Page.GotoAsync(path);
        return page;
    }

    /// <summary>Types a query and waits for its first answer.</summary>
    public async Task SearchAsync(string query)
    {
        await Page.Locator("#query").FillAsync(query);
        await Page.Locator("#query").PressAsync("Enter");
        await SettleAsync();
    }

    /// <summary>Waits until the search, the histogram and the fields are answered.</summary>
    public async Task SettleAsync()
    {
        // The network's state is told once for each document, and a search makes no new one.
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Expect("#search-view").Not.ToHaveAttributeAsync("aria-busy", "true");
    }

    /// <summary>What the console says with these words was asked for, and is no problem.</summary>
    public void Expected(string words) =>
        _problems.RemoveAll(problem => problem.Contains(words, StringComparison.Ordinal));

    public ILocatorAssertions Expect(string selector) => Assertions.Expect(Page.Locator(selector));

    public ILocatorAssertions ExpectRows() => Assertions.Expect(Rows);

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await Site.DisposeAsync();
        Assert.Empty(_problems);
    }
}
