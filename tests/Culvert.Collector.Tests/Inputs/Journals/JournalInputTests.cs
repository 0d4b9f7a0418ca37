using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Journals;
using Culvert.Collector.Intake;
using Culvert.Journals;
using Culvert.Records;
using Culvert.Shipping;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs.Journals;

/// <summary>What lies in the folder beside good journals.</summary>
public sealed class JournalInputTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CapturingIntake _intake = new();

    public JournalInputTests() =>
        Assert.SkipWhen(JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");

    private string Journals => Path.Combine(_folder.Path, "journals");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_DamagedJournalThatCannotBePutAside_ReadsTheOthersOn()
    {
        JournalFolder.Prepare(Journals);
        JournalFolder.CreateFile(Journals, "0", 1_000).Dispose();
        var damaged = JournalFolder.Publish(Journals, "0");
        Directory.CreateDirectory(damaged + ".damaged");
        using var writer = WriteOne(Journals, "good");
        await using var input = await StartAsync(new JournalInput(Context(TimeProvider.System), Journals));

        await _intake.WaitForAsync(1);

        Assert.Equal(["good"], _intake.Bodies);
        Assert.True(File.Exists(damaged));
    }

    [Fact]
    public async Task Sweep_FileThatADeadProgramBeganMeanwhile_IsRemoved()
    {
        var time = new ManualTime();
        await using var input = await StartAsync(new JournalInput(Context(time), Journals));
        JournalFolder.CreateFile(Journals, "begun", 1_000).Dispose();
        var begun = Path.Combine(Journals, "begun.new");
        Assert.True(File.Exists(begun));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        while (File.Exists(begun))
        {
            time.Advance(JournalInputLimits.SweepInterval);
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_FolderThatCannotBeUsed_EndsTheStartOnlyWhereItWasAskedFor(bool isOptional)
    {
        await File.WriteAllTextAsync(Journals, "no folder", TestContext.Current.CancellationToken);
        var starting = StartAsync(
            new JournalInput(Context(TimeProvider.System), Journals) { IsOptional = isOptional });

        if (isOptional) await (await starting).DisposeAsync();
        else await Assert.ThrowsAsync<JournalException>(() => starting);
    }

    [Fact]
    public async Task Start_FolderThatCannotBeUsedAndOneInMemory_ReadsThatInMemory()
    {
        await File.WriteAllTextAsync(Journals, "no folder", TestContext.Current.CancellationToken);
        var memory = Path.Combine(_folder.Path, "memory");
        using var writer = WriteOne(memory, "in memory");
        await using var input = await StartAsync(
            new JournalInput(Context(TimeProvider.System), Journals, memory) { IsOptional = true });

        await _intake.WaitForAsync(1);

        Assert.Equal(["in memory"], _intake.Bodies);
    }

    private static async Task<JournalInput> StartAsync(JournalInput input)
    {
        await input.StartAsync(TestContext.Current.CancellationToken);
        return input;
    }

    private InputContext Context(TimeProvider time) =>
        new("journal", _intake, new Ledger(), time, NullLoggerFactory.Instance);

    private static JournalWriter WriteOne(string folder, string body)
    {
        var writer = JournalWriter.Create(new JournalOptions
        {
            Folder = folder, CapacityBytes = JournalLimits.CapacityMin,
            Resource = AttributeWriter.Encode([new("service.name", "test")]),
        });
        var scratch = RecordScratch.Rent();
        var record = scratch.Begin(Severity.Info, 1);
        record.Body(body);
        record.BeginAttributes().End();
        record.EndRecord();
        Assert.True(writer.Commit(Severity.Info, [], scratch.Content));
        scratch.Return();
        return writer;
    }
}
