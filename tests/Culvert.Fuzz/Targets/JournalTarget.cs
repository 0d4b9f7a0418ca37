using Culvert.Journals;
using Culvert.Records;

namespace Culvert.Fuzz.Targets;

/// <summary>
/// A dead program's journal, as the program or a damaged disk may leave it. The first bytes of an input overwrite the
/// header's fields, the next ones the shapes of its records, the others are the ring's. Reading it ends, gives valid
/// batches with ascending numbers, or says in one exception that the file is none.
/// </summary>
internal sealed class JournalTarget : IFuzzTarget
{
    private const int HeaderBytes = JournalLayout.FieldsEnd;
    private const int ShapesBytes = 64;

    // More than the frames that a ring could hold: a reader that needs more turns is not getting on.
    private const int TurnsMax = JournalLimits.CapacityMin / JournalLayout.FrameHeaderBytes;

    // In a worker the program's folder is a copy that goes with it.
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "journals");
    private byte[]? _journal;

    public string Name => "journal";

    public IEnumerable<byte[]> Seeds =>
    [
        [
            .. Journal.AsSpan(0, HeaderBytes), .. Journal.AsSpan(JournalLayout.ShapesOffset, ShapesBytes),
            .. Journal.AsSpan(JournalLayout.DataOffset, 768),
        ],
    ];

    private byte[] Journal => _journal ??= MakeJournal();

    public void Run(ReadOnlySpan<byte> input)
    {
        var journal = Journal.ToArray();
        journal.AsSpan(JournalLayout.DataOffset).Clear();
        input[..Math.Min(HeaderBytes, input.Length)].CopyTo(journal);
        input = input[Math.Min(HeaderBytes, input.Length)..];
        input[..Math.Min(ShapesBytes, input.Length)].CopyTo(journal.AsSpan(JournalLayout.ShapesOffset));
        input[Math.Min(ShapesBytes, input.Length)..].CopyTo(journal.AsSpan(JournalLayout.DataOffset));
        var path = Path.Combine(_folder, "x" + JournalFolder.Extension);
        File.WriteAllBytes(path, journal);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            using var reader = JournalReader.TryOpen(path) ?? throw new BrokenRuleException("The file is ours.");
            Drain(reader);
        }
        catch (JournalException)
        {
            // What the input tells a person.
        }
    }

    private static void Drain(JournalReader reader)
    {
        Must.Hold(reader.TryTakeOver());
        var previous = 0UL;
        for (var turn = 0; !reader.IsDrained; turn++)
        {
            Must.Hold(turn < TurnsMax);
            var batch = reader.Read();
            if (batch.IsEmpty) return;
            Must.Hold(batch.LastSequence >= previous);
            previous = batch.LastSequence;
            if (batch.Records > 0) BatchTarget.CheckOwn(reader.Batch.Span);
            reader.Release(batch.EndPosition, batch.LastSequence, batch.Records);
        }
    }

    private byte[] MakeJournal()
    {
        var options = new JournalOptions
        {
            Folder = _folder,
            CapacityBytes = JournalLimits.CapacityMin,
            Resource = AttributeWriter.Encode([new("a", "b")]),
        };
        using var writer = JournalWriter.Create(options);
        Must.Hold(RecordBatchReader.TryOpen(Samples.Batch, out var reader, out _));
        while (reader.TryRead(out var record))
        {
            // A frame's content is a record from its severity on: behind its length, gap and resource.
            var at = 0;
            Varint.TryRead(record.Encoded, ref at, out _);
            Varint.TryRead(record.Encoded, ref at, out _);
            Varint.TryRead(record.Encoded, ref at, out _);
            Must.Hold(writer.Commit(record.Severity, [], record.Encoded[at..]));
        }

        var shape = writer.AddShape(JournalShape.TryEncode(
            "{A} {B}"u8, "L"u8, "E", [[], " "u8.ToArray(), []], [new("A"), new("B")],
            AttributeWriter.Encode([new("c", 1)]))!);
        var content = new ShapedRecordWriter(new byte[JournalLimits.ShapedBytesMax], Severity.Info, 1);
        content.Add(1);
        content.Add("b");
        Must.Hold(writer.TryCommitShaped(Severity.Info, shape, content.Written));

        // Only a dead program's journal can be read whole: it is locked while it is written.
        writer.Dispose();
        var journal = File.ReadAllBytes(writer.Path);
        File.Delete(writer.Path);
        return journal;
    }
}
