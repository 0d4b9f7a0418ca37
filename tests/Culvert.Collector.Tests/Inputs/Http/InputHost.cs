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

    private InputHost(
        HttpHost host, DirectoryInfo folder, CapturingIntake intake, Ledger ledger, OtlpInput otlp, ClefInput clef)
    {
        Ledger = ledger;
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

    public Ledger Ledger { get; }

    public OtlpInput Otlp { get; }

    public ClefInput Clef { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<InputHost> StartAsync()
    {
        var intake = new CapturingIntake();
        var ledger = new Ledger();
        var otlp = new OtlpInput(Context("otlp", intake, ledger));
        var clef = new ClefInput(Context("clef", intake, ledger));
        var folder = Directory.CreateTempSubdirectory("culvert-inputs-");
        var host = new HttpHost(
            new HttpOptions { Address = "127.0.0.1:0" }, folder.FullName, NullLogger.Instance, TimeProvider.System);
        otlp.Map(host.Routes);
        clef.Map(host.Routes);
        await host.StartAsync(Token);
        return new InputHost(host, folder, intake, ledger, otlp, clef);
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

    /// <summary>What the ledger says was dropped for a reason.</summary>
    public long DroppedBy(string input, DropReason reason) =>
        Ledger.Snapshot().Inputs.Single(counts => counts.Name == input).Dropped[reason];

    /// <summary>How many requests the ledger says were refused with a status.</summary>
    public long RefusedWith(string input, int status) =>
        Ledger.Snapshot().Inputs.Single(counts => counts.Name == input).RefusedRequests.GetValueOrDefault(status);

    private static InputContext Context(string name, IIntake intake, Ledger ledger) =>
        new(name, intake, ledger, TimeProvider.System, NullLoggerFactory.Instance);
}
