using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Records;
using Culvert.Collector.Tests.Spool;
using Culvert.Connections;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Tests.Outputs.Relay;

/// <summary>One collector relays to another, both real from spool to spool, in one process.</summary>
public sealed class RelayTests : IAsyncDisposable
{
    private static readonly ProducerId One = new(1, 1), Two = new(2, 1);

    private readonly RelayStation _agent = RelayStation.Start(), _central = RelayStation.Start();

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _central.DisposeAsync();
    }

    [Fact]
    public async Task Relay_RecordsOfSeveralProducers_ArriveOnceInOrderWithTheirIdentity()
    {
        await _central.ListenAsync();
        _agent.RelayTo(_central.Endpoint);
        for (var i = 0UL; i < 20; i++)
        {
            await _agent.SendAsync(One, (i * 10) + 1, 10);
            await _agent.SendAsync(Two, (i * 5) + 1, 5);
        }

        await _agent.DeliveredAsync();
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (ulong)i), _central.Sequences(One));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), _central.Sequences(Two));
        Assert.Equal((OutputState.Running, 300UL), (_agent.Status.State, _agent.Relayed.Stored));
        AssertSound(_agent, _central);
        Assert.Equal(300, _central.Spool.Ledger.Snapshot().Total.Received);
    }

    [Fact]
    public async Task Relay_GapsAndReports_TheOtherSideKnowsWhatIsLost()
    {
        await _central.ListenAsync();
        await _agent.SendAsync(One, 1, TestBatch.Of([3, 4, 9], 1));
        await _agent.SendAsync(One, 10, TestBatch.Of([15], 10));
        _agent.RelayTo(_central.Endpoint);
        await _agent.DeliveredAsync();
        // What is dropped behind the last record is known by the report alone, which may come later than all records.
        _agent.Spool.Ledger.NoteReport("native", One, "api", 20, [0, 0, 5, 0, 0, 0]);
        await _central.UntilAsync(() => Producer(_central).Produced == 20, "the report came");
        var (here, there) = (Producer(_agent), Producer(_central));
        Assert.Equal((here.Received, here.Lost, here.Outstanding), (there.Received, there.Lost, there.Outstanding));
        Assert.Equal(here.LostRanges, there.LostRanges);
        Assert.Equal(5UL, there.DroppedByLevel[2]);
        Assert.Equal("api", there.Service);
        AssertSound(_agent, _central);
    }

    [Fact]
    public async Task Relay_Origin_IsToldAndTheRelaysOwnIsProved()
    {
        await using var top = RelayStation.Start();
        await top.ListenAsync();
        await _central.ListenAsync();
        _central.RelayTo(top.Endpoint);
        _agent.RelayTo(_central.Endpoint);
        await _agent.SendAsync(One, 1, 3);
        await _agent.DeliveredAsync();
        await _central.DeliveredAsync();

        var origin = Assert.Single(_central.Origins());
        var own = $"input=in peer.pid={Environment.ProcessId} ";
        Assert.StartsWith(own, origin, StringComparison.Ordinal);
        Assert.EndsWith(
            $"relay.collector={RelayOrigin.Text(_agent.Id)} relay.name={HostName.Own} "
            + "relayed.input=native relayed.peer.pid=7", origin, StringComparison.Ordinal);
        var further = Assert.Single(top.Origins());
        Assert.StartsWith(own, further, StringComparison.Ordinal);
        Assert.EndsWith(
            $"relayed.relay.collector={RelayOrigin.Text(_agent.Id)} relayed.relay.name={HostName.Own} "
            + "relayed.relayed.input=native relayed.relayed.peer.pid=7", further, StringComparison.Ordinal);
        Assert.Equal([1UL, 2, 3], top.Sequences(One));
    }

    [Fact]
    public async Task Relay_RecordWithoutTime_GetsTheTimeAtWhichItWasFirstSeen()
    {
        await _central.ListenAsync();
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([]));
        writer.BeginRecord(0, Severity.Info, 0);
        writer.Body("x");
        writer.BeginAttributes().End();
        writer.EndRecord();
        var batch = new System.Buffers.ArrayBufferWriter<byte>();
        writer.WriteTo(batch);
        await _agent.Spool.Intake.SendAsync(One, 1, batch.WrittenSpan.ToArray(), observedNs: 4711);
        _agent.RelayTo(_central.Endpoint);
        await _agent.DeliveredAsync();
        using var reader = _central.Spool.Spool.OpenReader(0UL);
        Assert.True(reader.TryRead(out var entry));
        Assert.True(RecordBatchReader.TryOpen(entry.Records.Span, out var records, out _));
        Assert.True(records.TryRead(out var record));
        Assert.Equal(4711, record.TimeNs);
        Assert.NotEqual(4711, entry.ObservedNs);
    }

    /// <summary>A program that leaves the agent for the central collector: what the agent still has comes later than
    /// what the program sends itself, and what was not acknowledged comes by both ways.</summary>
    [Fact]
    public async Task Relay_ProducerThatMovedOn_NothingIsLostOrDouble()
    {
        await _central.ListenAsync();
        await _agent.SendAsync(One, 1, 100);
        await _central.SendAsync(One, 91, 60);
        Assert.Equal(90UL, Producer(_central).Lost);
        _agent.RelayTo(_central.Endpoint);
        await _agent.DeliveredAsync();
        Assert.Equal(Enumerable.Range(1, 150).Select(i => (ulong)i), _central.Sequences(One).Order());
        Assert.Equal((150UL, 0UL), (Producer(_central).Received, Producer(_central).Lost));
        AssertSound(_agent, _central);
    }

    [Fact]
    public async Task Relay_ConnectionCutAgainAndAgain_EachRecordOnceInOrder()
    {
        await _central.ListenAsync();
        Connection? current = null;
        _agent.RelayTo(
            _central.Endpoint, async token => current = await Ipc.ConnectAsync(_central.Endpoint, null, token));
        var random = new Random(5);
        for (var i = 0UL; i < 60; i++)
        {
            await _agent.SendAsync(One, (i * 50) + 1, 50);
            await _agent.SendAsync(new ProducerId(i + 10, 1), 1, 20);
            if (random.Next(6) == 0) Volatile.Read(ref current)?.Abort("The test cuts it.");
        }

        await _agent.DeliveredAsync();
        Assert.Equal(Enumerable.Range(1, 3_000).Select(i => (ulong)i), _central.Sequences(One));
        Assert.Equal(4_200, _central.Spool.Ledger.Snapshot().Total.Spooled);
        AssertSound(_agent, _central);
    }

    [Fact]
    public async Task Relay_MoreProducersThanSlots_EachRecordOnceInOrder()
    {
        await _central.ListenAsync();
        var count = RelayLimits.ProducersMax + 200;
        for (var turn = 0UL; turn < 2; turn++)
        {
            var sending = Enumerable.Range(1, count)
                .Select(i => _agent.SendAsync(new ProducerId((uint)i, 1), turn + 1, 1)).ToList();
            await Task.WhenAll(sending);
        }

        _agent.RelayTo(_central.Endpoint);
        await _agent.DeliveredAsync();
        Assert.Equal(2 * count, _central.Spool.Ledger.Snapshot().Total.Spooled);
        Assert.All(
            _central.Spool.ReadAll().GroupBy(record => record.Producer, record => record.Sequence),
            producer => Assert.Equal([1UL, 2], producer.ToArray()));
    }

    [Fact]
    public async Task Relay_OtherSideAway_WaitsSaysSoAndGoesOn()
    {
        await _central.ListenAsync();
        _agent.RelayTo(_central.Endpoint);
        await _agent.SendAsync(One, 1, 10);
        await _agent.DeliveredAsync();
        await _central.StopListeningAsync();
        // Also while there is nothing to relay.
        await _agent.UntilAsync(() => _agent.Status.State == OutputState.Retrying, "it says that it waits");
        await _agent.SendAsync(One, 11, 10);
        await _agent.UntilAsync(() => _agent.Status.Sentence.StartsWith(
            $"No collector listens at {_central.Endpoint}", StringComparison.Ordinal), "it says why");
        await _central.ListenAsync();
        await _agent.DeliveredAsync();
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (ulong)i), _central.Sequences(One));
        Assert.Equal((OutputState.Running, ""), (_agent.Status.State, _agent.Status.Sentence));
    }

    [Fact]
    public async Task Relay_WhereNoRelayMayBe_IsRefusedInASentenceAndOthersGoOn()
    {
        await _central.ListenAsync(RelayRule.Nobody);
        await _agent.SendAsync(One, 1, 10);
        _agent.RelayTo(_central.Endpoint);
        await _agent.UntilAsync(() => _agent.Status.State == OutputState.Retrying, "it is refused");
        Assert.Equal(
            $"The collector at {_central.Endpoint} refused the relay. The input 'in' takes no relays; say relay: true "
            + "at this input in the culvert.json of the collector that is relayed to.", _agent.Status.Sentence);
        await using var program = LogShipper.Start(new LogShipperOptions { Endpoint = _central.Endpoint });
        Assert.True(program.Write(Severity.Info, "still here"));
        Assert.True(await program.FlushAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal((1, 1), Counts(_central));
    }

    [Fact]
    public async Task Relay_OfAnotherUserThanIsNamed_IsRefused()
    {
        await _central.ListenAsync(new RelayRule(true, ["nobody-like-this"]));
        await _agent.SendAsync(One, 1, 10);
        _agent.RelayTo(_central.Endpoint);
        await _agent.UntilAsync(() => _agent.Status.State == OutputState.Retrying, "it is refused");
        Assert.Contains(
            "may not relay to the input 'in'; add one of its names to relayFrom there.", _agent.Status.Sentence,
            StringComparison.Ordinal);
        Assert.Equal((0, 0), Counts(_central));
    }

    [Fact]
    public async Task Relay_InACircle_IsRefusedAtTheFirstRoundAndEndsThere()
    {
        await using var one = RelayStation.Start();
        await using var other = RelayStation.Start();
        await one.ListenAsync();
        await other.ListenAsync();
        one.RelayTo(other.Endpoint);
        other.RelayTo(one.Endpoint);
        await one.SendAsync(One, 1, 10);
        await one.DeliveredAsync();
        await other.UntilAsync(() => other.Status.State == OutputState.Retrying, "the way back is refused");
        Assert.StartsWith("Collectors relay in a circle", other.Status.Sentence, StringComparison.Ordinal);
        Assert.Equal((10, 10), Counts(one));
        Assert.Equal((10, 10), Counts(other));
        Assert.Equal((OutputState.Running, 10UL), (one.Status.State, other.Relayed.Waiting));
    }

    [Fact]
    public async Task Relay_ToItself_IsRefused()
    {
        await using var one = RelayStation.Start();
        await one.ListenAsync();
        one.RelayTo(one.Endpoint);
        await one.UntilAsync(() => one.Status.State == OutputState.Retrying, "it is refused");
        Assert.StartsWith("A collector would relay to itself", one.Status.Sentence, StringComparison.Ordinal);
    }

    /// <summary>As a member of a consumer group would, whose records went round through Kafka.</summary>
    [Fact]
    public async Task Relay_WhatItRelayedBefore_IsNotSentAgain()
    {
        await using var reader = RelayStation.Start();
        await reader.ListenAsync();
        await _central.ListenAsync();
        await _agent.SendAsync(One, 1, 10);
        _agent.RelayTo(reader.Endpoint, id: 4711);
        await _agent.DeliveredAsync();
        reader.RelayTo(_central.Endpoint, id: 4711);
        await reader.UntilAsync(() => reader.Status.State == OutputState.Retrying, "it stops");
        Assert.StartsWith("Records come round in a circle", reader.Status.Sentence, StringComparison.Ordinal);
        Assert.Equal((0, 0), Counts(_central));
    }

    [Fact]
    public async Task Relay_TwoOfTheSameCollector_TheNewerOneIsServed()
    {
        await _central.ListenAsync();
        _agent.RelayTo(_central.Endpoint);
        await _agent.SendAsync(One, 1, 10);
        await _agent.DeliveredAsync();
        await _agent.StopRelayingAsync();
        _agent.RelayTo(_central.Endpoint);
        await _agent.SendAsync(One, 11, 10);
        await _agent.DeliveredAsync();
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (ulong)i), _central.Sequences(One));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:1")]
    [InlineData("unix:///nowhere/at/all.sock")]
    public async Task Relay_WrongAddress_SaysWhatToDo(string endpoint)
    {
        _agent.RelayTo(endpoint);
        await _agent.UntilAsync(() => _agent.Status.State == OutputState.Retrying, "it says so");
        Assert.Equal(
            $"No collector listens at {endpoint}; start it, or mend outputs.central.endpoint.", _agent.Status.Sentence);
    }

    /// <summary>A collector from before there were relays answers the first frame with the sentence that it
    /// had.</summary>
    [Theory]
    [InlineData("E", "does not know relays; update it to this version.")]
    [InlineData("garbage", "is no Culvert collector; mend outputs.central.endpoint.")]
    [InlineData("hostile", "It said: clear [2J this")]
    public async Task Relay_ToSomethingElse_SaysWhatToDo(string kind, string sentence)
    {
        using var folder = new Culvert.Tests.TempFolder();
        await using var listener = await Ipc.ListenAsync(
            $"unix://{folder.Path}/x.sock", null, TestContext.Current.CancellationToken);
        _agent.RelayTo(listener.Endpoint.ToString());
        await using var connection = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        if (kind == "hostile")
        {
            Culvert.Framing.FrameWriter.Write(
                connection!.Output, (byte)LogFrameType.Error, "clear\u001b[2J\u0007this"u8, flags: 2);
        }
        else if (kind == "E")
        {
            Culvert.Framing.FrameWriter.Write(
                connection!.Output, (byte)LogFrameType.Error, "The first frame is no Hello of 24 bytes."u8);
        }
        else
        {
            System.Buffers.BuffersExtensions.Write(connection!.Output, "HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        }

        await connection.Output.FlushAsync(TestContext.Current.CancellationToken);
        await _agent.UntilAsync(
            () => _agent.Status.Sentence.Contains(sentence, StringComparison.Ordinal), "it says what is there");
    }

    /// <summary>While the central disk takes nothing, nothing is acknowledged; afterwards all is there, in
    /// order.</summary>
    [Fact]
    public async Task Relay_CentralDiskFull_HoldsAndGoesOn()
    {
        var files = new CrashFiles();
        await using var central = RelayStation.Start(files);
        await central.ListenAsync();
        _agent.RelayTo(central.Endpoint);
        await _agent.SendAsync(One, 1, 10);
        await _agent.DeliveredAsync();
        files.IsBroken = true;
        for (var i = 1UL; i < 40; i++)
        {
            await _agent.SendAsync(One, (i * 10) + 1, 10);
            await _agent.SendAsync(new ProducerId(i + 10, 1), 1, 5);
        }

        Assert.Equal(10, central.Spool.Ledger.Snapshot().Total.Spooled);
        files.IsBroken = false;
        await _agent.DeliveredAsync();
        Assert.Equal(Enumerable.Range(1, 400).Select(i => (ulong)i), central.Sequences(One));
        Assert.Equal(400 + (39 * 5), central.Spool.Ledger.Snapshot().Total.Spooled);
        AssertSound(_agent, central);
    }

    private static ProducerSnapshot Producer(RelayStation station) =>
        station.Spool.Ledger.Snapshot().Producers.Single(producer => producer.Producer.EndsWith('1'));

    private static (long Received, long Spooled) Counts(RelayStation station)
    {
        var total = station.Spool.Ledger.Snapshot().Total;
        return (total.Received, total.Spooled);
    }

    private static void AssertSound(params RelayStation[] stations) =>
        Assert.All(stations, station => Assert.True(station.Spool.Ledger.Snapshot().Balanced));
}
