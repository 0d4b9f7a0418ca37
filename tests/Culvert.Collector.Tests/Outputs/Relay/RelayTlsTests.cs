using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Connections;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Outputs.Relay;

/// <summary>Relays over TLS, where certificates say who relays.</summary>
public sealed class RelayTlsTests : IDisposable
{
    private static readonly ProducerId One = new(1, 1);

    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority;

    public RelayTlsTests()
    {
        Assert.SkipWhen(Wine.IsHere, "There is no TLS under Wine.");
        _authority = new TestAuthority(_folder.Path);
    }

    [Fact]
    public async Task Relay_CertificatesExchangedDuringTheRun_GoesOnAndTheSubjectIsKept()
    {
        await using var central = RelayStation.Start();
        await using var agent = RelayStation.Start();
        await central.ListenAsync(
            new RelayRule(true, ["agent-7"]),
            $"tls://127.0.0.1:0?cert={_authority.Issue("central")}&ca={_authority.File}");
        Connection? current = null;
        var (endpoint, dials) = (Endpoint(central, _authority.Issue("agent-7")), 0);
        agent.RelayTo(endpoint, async token =>
        {
            dials++;
            return current = await Ipc.ConnectAsync(endpoint, null, token);
        });
        for (var turn = 0UL; turn < 4; turn++)
        {
            await agent.SendAsync(One, (turn * 100) + 1, 100);
            await agent.DeliveredAsync();
            // Both sides get new ones, and the connection that was made with the old ones ends some time.
            _authority.Issue("central");
            _authority.Issue("agent-7");
            current!.Abort("The test cuts it.");
        }

        await agent.SendAsync(One, 401, 100);
        await agent.DeliveredAsync();
        Assert.True(dials >= 5);
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (ulong)i), central.Sequences(One));
        Assert.All(
            central.Origins(),
            origin => Assert.Contains(" peer.subject=CN=agent-7 ", origin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Relay_OfACertificateThatIsNotNamed_IsRefused()
    {
        await using var central = RelayStation.Start();
        await using var agent = RelayStation.Start();
        await central.ListenAsync(
            new RelayRule(true, ["agent-7"]),
            $"tls://127.0.0.1:0?cert={_authority.Issue("central")}&ca={_authority.File}");
        agent.RelayTo(Endpoint(central, _authority.Issue("agent-8")));
        await agent.UntilAsync(() => agent.Status.State == OutputState.Retrying, "it is refused");
        Assert.EndsWith(
            "CN=agent-8 may not relay to the input 'in'; add one of its names to relayFrom there.",
            agent.Status.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_CentralOfAnotherAuthority_SaysWhatToDo()
    {
        await using var central = RelayStation.Start();
        await using var agent = RelayStation.Start();
        using var other = new TestAuthority(_folder.Path, "other");
        await central.ListenAsync(endpoint: $"tls://127.0.0.1:0?cert={other.Issue("central")}&ca={_authority.File}");
        agent.RelayTo(Endpoint(central, _authority.Issue("agent-7")));
        await agent.UntilAsync(() => agent.Status.State == OutputState.Retrying, "it does not trust it");
        Assert.StartsWith(
            $"TLS with the collector at {central.Endpoint.Split('?')[0]} failed. ", agent.Status.Sentence,
            StringComparison.Ordinal);
        Assert.Contains("name its authority by ca=FILE", agent.Status.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_AgentOfAnotherAuthority_SaysWhatToDo()
    {
        await using var central = RelayStation.Start();
        await using var agent = RelayStation.Start();
        using var other = new TestAuthority(_folder.Path, "other");
        await central.ListenAsync(
            endpoint: $"tls://127.0.0.1:0?cert={_authority.Issue("central")}&ca={_authority.File}");
        agent.RelayTo(Endpoint(central, other.Issue("agent-7")));
        await agent.UntilAsync(() => agent.Status.State == OutputState.Retrying, "it is not trusted");
        Assert.StartsWith(
            $"What listens at {central.Endpoint.Split('?')[0]} ended the connection before its first word",
            agent.Status.Sentence, StringComparison.Ordinal);
        Assert.Contains(
            "see that its authority is trusted there and its name allowed", agent.Status.Sentence,
            StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority?.Dispose();
        _folder.Dispose();
    }

    private string Endpoint(RelayStation central, string certificate) =>
        $"{central.Endpoint.Split('?')[0]}?cert={certificate}&ca={_authority.File}";
}
