using Microsoft.Playwright;

namespace Culvert.Web.Tests;

/// <summary>One real browser for all tests; skips them, with the reason, where there is none.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string ProgramPath => Environment.GetEnvironmentVariable("CULVERT_CHROMIUM") ?? "/usr/bin/chromium";

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(ProgramPath)) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = ProgramPath, Headless = true, Args = Arguments });
    }

    internal IBrowser Browser
    {
        get
        {
            Assert.SkipWhen(_browser is null,
                $"Needs Chromium at {ProgramPath} (Debian package chromium, or set CULVERT_CHROMIUM).");
            return _browser!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
