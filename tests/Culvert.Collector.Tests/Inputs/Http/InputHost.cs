using System.Net.Http.Headers;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Intake;
using Culvert.Collector.Web;
using Culvert.Collector.Web.Access;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs.Http;

/// <summary>Both HTTP inputs under the collector's own host, on a port of the system's choice.</summary>
internal sealed class InputHost : IAsyncDisposable
{
    private readonly HttpHost _host;
    private readonly DirectoryInfo _folder;

    private InputHost(HttpHost host, DirectoryInfo folder, CapturingIntake intake, OtlpInput otlp, ClefInput clef)
    {
        (_host, _folder) = (host, folder);
        Intake = intake;
        Otlp = otlp;
        Clef = clef;
        Address = host.Address;
        Client = new HttpClient { BaseAddress = Address };
        HttpToken.TryRead(folder.FullName, out var token);
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
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
        var folder = Directory.CreateTempSubdirectory("culvert-inputs-");
        var host = new HttpHost(
            new HttpOptions { Address = "127.0.0.1:0" }, folder.FullName, NullLogger.Instance, TimeProvider.System);
        otlp.Map(host.Routes);
        clef.Map(host.Routes);
        await host.StartAsync(Token);
        return new InputHost(host, folder, intake, otlp, clef);
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
        await _host.DisposeAsync();
        await Otlp.DisposeAsync();
        await Clef.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static InputContext Context(string name, IIntake intake) =>
        new(name, intake, new Ledger(), TimeProvider.System, NullLoggerFactory.Instance);
}
