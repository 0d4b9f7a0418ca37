using System.Text;
using System.Text.Json;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Outputs;

public sealed class DeadLetterFolderTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"culvert-letters-{Guid.NewGuid():N}");
    private readonly OutputStatus _status = new("es", "elasticsearch", TimeProvider.System);

    private ulong _next = 7;

    private string Newest => Path.Combine(_folder, "es.jsonl");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Add_JsonAndOtherBytes_LinesHoldThemUnchangedAndReasonsAreCounted()
    {
        var folder = Create();
        await folder.AddAsync(
            [Letter("bad_field", """{"a":1.50,"b":"ü"}"""u8.ToArray()), Letter("bad_field", [0xFF, 0, 10])],
            TestContext.Current.CancellationToken);
        await folder.AddAsync([Letter("too_large", "{ \n }"u8.ToArray())], TestContext.Current.CancellationToken);

        var lines = await File.ReadAllLinesAsync(Newest, TestContext.Current.CancellationToken);
        Assert.Equal(3, lines.Length);
        Assert.EndsWith(""","document":{"a":1.50,"b":"ü"}}""", lines[0], StringComparison.Ordinal);
        var second = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal([0xFF, 0, 10], second.GetProperty("bytes").GetBytesFromBase64());
        Assert.Equal("said so", second.GetProperty("problem").GetString());
        Assert.Equal([new("bad_field", 2), new("too_large", 1)], _status.Snapshot().RejectedByReason);
        Assert.Equal(3, _status.Snapshot().Rejected);
    }

    [Fact]
    public async Task Add_AfterACrashCutALine_TheRestIsWholeLines()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Newest, "{\"id\":\"1\"}\n{\"id\":", TestContext.Current.CancellationToken);
        await Create().AddAsync([Letter("bad", "{}"u8.ToArray())], TestContext.Current.CancellationToken);
        var lines = await File.ReadAllLinesAsync(Newest, TestContext.Current.CancellationToken);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task Add_MoreThanIsKept_OldestFilesGo()
    {
        var folder = Create();
        var document = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 8 << 20)}}"}""");
        for (var i = 0; i < 2 * DeadLetterLimits.FilesMax; i++)
            await folder.AddAsync([Letter("bad", document)], TestContext.Current.CancellationToken);
        Assert.Equal(DeadLetterLimits.FilesMax, DeadLetterFolder.Files(_folder, "es").Count());
        Assert.All(DeadLetterFolder.Files(_folder, "es"), file =>
            Assert.InRange(new FileInfo(file).Length, 1, DeadLetterLimits.FileBytesMax));
    }

    [Fact]
    public async Task Add_RecordThatIsRefusedAgain_HasOneLetterAndCountsOnce()
    {
        var (folder, letter) = (Create(), Letter("bad", "{}"u8.ToArray()));
        await folder.AddAsync([letter], TestContext.Current.CancellationToken);
        await folder.AddAsync([letter, Letter("bad", "{}"u8.ToArray())], TestContext.Current.CancellationToken);
        await folder.AddAsync([letter], TestContext.Current.CancellationToken);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Newest, TestContext.Current.CancellationToken)).Length);
        Assert.Equal(2, _status.Snapshot().Rejected);
    }

    [Fact]
    public async Task Add_FolderThatCannotBeMade_SaysWhatToDo()
    {
        await File.WriteAllTextAsync(_folder, "", TestContext.Current.CancellationToken);
        try
        {
            var problem = await Assert.ThrowsAsync<OutputException>(async () => await Create().AddAsync(
                [Letter("bad", "{}"u8.ToArray())], TestContext.Current.CancellationToken));
            Assert.Contains(_folder, problem.Message, StringComparison.Ordinal);
            Assert.Equal(0, _status.Snapshot().Rejected);
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    [Fact]
    public void CountRejected_MoreReasonsThanAreKept_FurtherOnesAreOther()
    {
        for (var i = 0; i < 100; i++) _status.CountRejected(1, $"reason-{i:00}");
        var reasons = _status.Snapshot().RejectedByReason;
        Assert.Equal(DeadLetterLimits.ReasonsMax + 1, reasons.Count);
        Assert.Equal(100, reasons.Sum(reason => reason.Value));
    }

    private DeadLetter Letter(string reason, byte[] document) => new()
    {
        Position = _next++, Identity = "i", Reason = reason, Problem = "said so", Target = "logs", Document = document,
    };

    private DeadLetterFolder Create() => new(_folder, _status, NullLogger.Instance, TimeProvider.System);
}
