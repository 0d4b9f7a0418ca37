using System.Text;
using Culvert.Connections;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Inputs.Connections;

/// <summary>The input <c>listen</c> at <c>tls://</c>: lines and native records of clients with a certificate.</summary>
[Trait("system", "linux")]
public sealed class TlsInputTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority;

    public TlsInputTests() => _authority = new TestAuthority(_folder.Path);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Lines_OverTls_AreRecordsThatSayWhoSentThem()
    {
        await using var input = await StartAsync();
        await using (var client = await ConnectAsync(input, "printer-7"))
        {
            await client.Output.WriteAsync("first\n{\"message\":\"second\",\"level\":\"warn\"}\n"u8.ToArray(), Token);
            await client.Output.CompleteAsync();
            await input.Intake.WaitForAsync(2);
        }

        Assert.Equal(["first", "second"], input.Intake.Bodies);
        Assert.All(input.Intake.Records, record => Assert.Equal("CN=printer-7", record.Origin["peer.subject"]));
        Assert.All(input.Intake.Records, record => Assert.Equal("127.0.0.1", record.Origin["peer.address"]));
    }

    [Fact]
    public async Task NativeRecords_OverTls_AreAcknowledgedAndSayWhoSentThem()
    {
        await using var input = await StartAsync();
        await using var connection = await ConnectAsync(input, "agent-7");
        await using var client = new NativeClient(connection);
        Assert.Equal(0UL, await client.OpenAsync());
        await client.SendBatchAsync(1, "one", "two");
        var (type, _) = await client.ReadAsync();

        Assert.Equal(Culvert.Shipping.LogFrameType.Ack, type);
        Assert.Equal(["one", "two"], input.Intake.Bodies);
        Assert.All(input.Intake.Records, record => Assert.Equal("CN=agent-7", record.Origin["peer.subject"]));
    }

    [Fact]
    public async Task Client_WithoutACertificate_SendsNothingThatIsTaken()
    {
        await using var input = await StartAsync();
        await Assert.ThrowsAsync<ConnectionException>(async () =>
        {
            await using var client = await Ipc.ConnectAsync(
                $"tls://{Address(input)}?ca={_authority.File}", cancellationToken: Token);
            await client.Output.WriteAsync(Encoding.UTF8.GetBytes("from nobody\n"), Token);
            await client.Input.ReadAsync(Token);
        });

        await using (var client = await ConnectAsync(input, "agent-7"))
        {
            await client.Output.WriteAsync("from somebody\n"u8.ToArray(), Token);
            await client.Output.CompleteAsync();
            await input.Intake.WaitForAsync(1);
        }

        Assert.Equal(["from somebody"], input.Intake.Bodies);
    }

    private static string Address(InputUnderTest input) => Endpoint.Parse(input.Endpoint).Address;

    private Task<InputUnderTest> StartAsync()
    {
        var endpoint = _authority.Endpoint(name: "central");
        return InputUnderTest.ListenAsync(options => options with { Endpoint = endpoint });
    }

    private async Task<Connection> ConnectAsync(InputUnderTest input, string name) => await Ipc.ConnectAsync(
        $"tls://{Address(input)}?ca={_authority.File}&cert={_authority.Issue(name)}", cancellationToken: Token);
}
