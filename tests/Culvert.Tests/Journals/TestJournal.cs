using Culvert.Journals;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Tests.Journals;

/// <summary>A journal in a folder of its own, its writer, and a reader's way through it.</summary>
internal sealed class TestJournal : IDisposable
{
    private readonly TempFolder _folder = new();

    public TestJournal(
        int capacity = JournalLimits.CapacityMin, FullMode mode = FullMode.Drop, int spill = 0,
        Action<JournalStep>? onStep = null)
    {
        Folder = System.IO.Path.Combine(_folder.Path, "journals");
        Spill = spill == 0 ? null : JournalWriter.Create(OptionsFor(Folder, spill));
        Writer = JournalWriter.Create(OptionsFor(Folder, capacity, mode, Spill, onStep));
    }

    public string Folder { get; }

    public string Path => Writer.Path;

    public JournalWriter Writer { get; }

    public JournalWriter? Spill { get; }

    public static JournalOptions OptionsFor(
        string folder, int capacity = JournalLimits.CapacityMin, FullMode mode = FullMode.Drop,
        JournalWriter? spill = null, Action<JournalStep>? onStep = null) => new()
        {
            Folder = folder,
            CapacityBytes = capacity,
            Resource = AttributeWriter.Encode([new("service.name", "test")]),
            FullMode = mode,
            WaitTimeout = TimeSpan.FromSeconds(10),
            Spill = spill,
            StaysInMemory = spill is null,
            OnStep = onStep,
        };

    public bool Write(string body, Severity severity = Severity.Info) => Write(Writer, body, severity);

    public static bool Write(JournalWriter writer, string body, Severity severity = Severity.Info)
    {
        var scratch = RecordScratch.Rent();
        try
        {
            var record = scratch.Begin(severity, 1);
            record.Body(body);
            record.BeginAttributes().End();
            record.EndRecord();
            return writer.Commit(severity, [], scratch.Content);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>A shape of one value, whose message is that value between brackets.</summary>
    public static byte[] Shape { get; } = JournalShape.TryEncode(
        "<{Value}>"u8, "Test"u8, null, ["<"u8.ToArray(), ">"u8.ToArray()], [new AttributeKey("Value")],
        AttributeWriter.Encode([]))!;

    public static bool WriteShaped(JournalWriter writer, uint shape, string value)
    {
        var record = new ShapedRecordWriter(new byte[JournalLimits.ShapedBytesMax], Severity.Info, 1);
        record.Add(value);
        return record.IsWhole && writer.TryCommitShaped(Severity.Info, shape, record.Written);
    }

    /// <summary>Opens what others may have open.</summary>
    public static SafeFileHandle OpenFile(string path) => File.OpenHandle(
        path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    public static byte[] ReadFile(string path)
    {
        using var file = JournalSystem.Current.TryOpen(path)!;
        var bytes = new byte[RandomAccess.GetLength(file)];
        Assert.Equal(bytes.Length, RandomAccess.Read(file, bytes, 0));
        return bytes;
    }

    /// <summary>Reads and releases all that is committed; the bodies with their sequences.</summary>
    public static List<(ulong Sequence, string Body)> ReadAll(JournalReader reader)
    {
        var all = new List<(ulong, string)>();
        while (true)
        {
            var before = all.Count;
            var batch = reader.Read();
            if (batch.Records > 0) all.AddRange(Records(batch.FirstSequence, reader.Batch.Span));
            reader.Release(batch.EndPosition, batch.LastSequence, batch.Records);
            if (all.Count == before) return all;
        }
    }

    public static List<(ulong Sequence, string Body)> Records(ulong next, ReadOnlySpan<byte> batch)
    {
        Assert.True(RecordBatchReader.Validate(batch, out _, out _, out var problem), problem);
        Assert.True(RecordBatchReader.TryOpen(batch, out var reader, out _));
        var all = new List<(ulong, string)>();
        while (reader.TryRead(out var record))
        {
            next += record.Gap;
            all.Add((next++, System.Text.Encoding.UTF8.GetString(record.Body)));
        }

        return all;
    }

    public void Dispose()
    {
        Writer.Dispose();
        _folder.Dispose();
    }
}
