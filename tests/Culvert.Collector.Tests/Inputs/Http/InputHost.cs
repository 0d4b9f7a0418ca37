using System.Net.Http.Headers;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Intake;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs.Http;

/// <summary>Both HTTP inputs under a real Kestrel on a port of the system's choice.</summary>
internal sealed class InputHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private InputHost(WebApplication application, CapturingIntake intake, OtlpInput otlp, ClefInput clef)
    {
        _application = application;
        Intake = intake;
        Otlp = otlp;
        Clef = clef;
        Address = new Uri(application.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public CapturingIntake Intake { get; }

    public OtlpInput Otlp { get; }

    public ClefInput Clef { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<InputHost> StartAsync()
    {
        var intake = new CapturingIntake();
        var otlp = new OtlpInput(Context("otlp", intake));
        var clef = new ClefInput(Context("clef", intake));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        otlp.Map(application);
        clef.Map(application);
        await application.StartAsync(Token);
        return new InputHost(application, intake, otlp, clef);
    }

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, string type, string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return Client.PostAsync(path, content, Token).WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
        await Otlp.DisposeAsync();
        await Clef.DisposeAsync();
    }

    private static InputContext Context(string name, IIntake intake) =>
        new(name, intake, new Ledger(), TimeProvider.System, NullLoggerFactory.Instance);
}
