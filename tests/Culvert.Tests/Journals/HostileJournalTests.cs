using System.Buffers.Binary;
using System.Diagnostics;
using Culvert.Journals;

namespace Culvert.Tests.Journals;

/// <summary>What lies in the folder may be anything: the reader gives no journal, or says that it is damaged, and
/// nothing else.</summary>
public sealed class HostileJournalTests
{
    private const int Rounds = 300;

    public HostileJournalTests() => Assert.SkipWhen(
        JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");

    [Fact]
    public void Read_RandomBytesAnywhere_ThrowsTheTypedExceptionOrReads()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            using var journal = new TestJournal();
            var shape = journal.Writer.AddShape(TestJournal.Shape);
            for (var i = 0; i < 50; i++)
            {
                journal.Write(new string('x', random.Next(2000)));
                Assert.True(TestJournal.WriteShaped(journal.Writer, shape, new string('y', random.Next(400))));
            }

            journal.Writer.Dispose();
            using (var file = TestJournal.OpenFile(journal.Path))
            {
                for (var hits = random.Next(1, 20); hits > 0; hits--)
                {
                    var bytes = new byte[random.Next(1, 64)];
                    random.NextBytes(bytes);
                    var at = random.Next(4) switch
                    {
                        0 => random.Next(JournalLayout.FieldsEnd),
                        1 => random.Next(4096, 4200),
                        2 => JournalLayout.ShapesOffset + random.Next(TestJournal.Shape.Length),
                        _ => JournalLayout.DataOffset + random.Next(60_000),
                    };
                    RandomAccess.Write(file, bytes, at);
                }
            }

            ReadToTheEnd(journal.Path);
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1 << 20)]
    [InlineData(int.MinValue)]
    [InlineData(-(1 << 20))]
    public void Read_LyingLength_IsDamaged(int length)
    {
        using var journal = new TestJournal();
        journal.Write("a record");
        journal.Writer.Dispose();
        Overwrite(journal.Path, JournalLayout.DataOffset, length);

        using var reader = JournalReader.TryOpen(journal.Path)!;
        Assert.True(reader.TryTakeOver());

        Assert.Throws<JournalException>(() => reader.Read());
    }

    [Fact]
    public void Read_NoRecordAmongRecords_LeavesItOutAndCounts()
    {
        using var journal = new TestJournal();
        journal.Write("one");
        Assert.True(journal.Writer.Commit(Culvert.Records.Severity.Info, [], "no record"u8));
        journal.Write("three");

        using var reader = JournalReader.TryOpen(journal.Path)!;
        var batch = reader.Read();

        Assert.Equal((2, 1), (batch.Records, batch.Malformed));
        Assert.Equal([(1UL, "one"), (3UL, "three")], TestJournal.Records(batch.FirstSequence, reader.Batch.Span));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void Read_ShapeThatIsNotThere_LeavesTheRecordOutAndCounts(int number)
    {
        using var journal = new TestJournal();
        var shape = journal.Writer.AddShape(TestJournal.Shape);
        TestJournal.WriteShaped(journal.Writer, shape, "one");
        TestJournal.WriteShaped(journal.Writer, (uint)number, "two");
        TestJournal.WriteShaped(journal.Writer, shape, "three");

        using var reader = JournalReader.TryOpen(journal.Path)!;
        var batch = reader.Read();

        Assert.Equal((2, 1), (batch.Records, batch.Malformed));
        Assert.Equal([(1UL, "<one>"), (3UL, "<three>")], TestJournal.Records(batch.FirstSequence, reader.Batch.Span));
    }

    [Fact]
    public void Read_LargerFrameOfAShapeThanAnyCallWrites_LeavesTheRecordOutAndCounts()
    {
        using var journal = new TestJournal();
        var shape = journal.Writer.AddShape(TestJournal.Shape);
        var record = new ShapedRecordWriter(new byte[4_096], Culvert.Records.Severity.Info, 1);
        record.Add(new string('x', JournalLimits.ShapedBytesMax));
        Assert.True(record.IsWhole);
        Assert.True(journal.Writer.TryCommitShaped(Culvert.Records.Severity.Info, shape, record.Written));
        TestJournal.WriteShaped(journal.Writer, shape, "two");

        using var reader = JournalReader.TryOpen(journal.Path)!;
        var batch = reader.Read();

        Assert.Equal((1, 1), (batch.Records, batch.Malformed));
        Assert.Equal([(2UL, "<two>")], TestJournal.Records(batch.FirstSequence, reader.Batch.Span));
    }

    [Theory]
    [InlineData(JournalLayout.ShapesBytesMax + 1L)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    [InlineData(7L)]
    public void Read_LyingLengthOfTheShapes_IsDamaged(long bytes)
    {
        using var journal = new TestJournal();
        TestJournal.WriteShaped(journal.Writer, journal.Writer.AddShape(TestJournal.Shape), "one");
        journal.Writer.Dispose();
        using (var file = TestJournal.OpenFile(journal.Path))
            RandomAccess.Write(file, BitConverter.GetBytes(bytes), JournalLayout.ShapesBytesOffset);

        using var reader = JournalReader.TryOpen(journal.Path)!;

        Assert.Throws<JournalException>(() => reader.Read());
    }

    [Fact]
    public void Read_SmallFramesOfLargeShapes_AreReadInBatchesOfTheUsualSize()
    {
        const int Count = 2_000;
        using var journal = new TestJournal();
        var literal = new byte[2_000];
        literal.AsSpan().Fill((byte)'x');
        var shape = journal.Writer.AddShape(JournalShape.TryEncode(
            "t"u8, "l"u8, null, [literal, literal], [new("k")], Culvert.Records.AttributeWriter.Encode([]))!);
        for (var i = 0; i < Count; i++) Assert.True(TestJournal.WriteShaped(journal.Writer, shape, $"{i}"));

        using var reader = JournalReader.TryOpen(journal.Path)!;
        var read = 0;
        while (reader.Read() is { IsEmpty: false } batch)
        {
            Assert.InRange(reader.Batch.Length, 1, Culvert.Records.RecordLimits.BatchBytesTarget + 5_000);
            Assert.Equal(((ulong)read + 1, 0, 0), (batch.FirstSequence, batch.Malformed, batch.Abandoned));
            reader.Release(batch.EndPosition, batch.LastSequence, batch.Records);
            read += batch.Records;
        }

        Assert.Equal(Count, read);
    }

    [Fact]
    public void Read_FileCutWhileItIsRead_IsDamaged()
    {
        using var journal = new TestJournal();
        for (var i = 0; i < 100; i++) journal.Write(new string('x', 1000));

        // A copy: Windows lets nobody cut a file that is mapped.
        var path = Copy(journal);
        using var reader = JournalReader.TryOpen(path)!;
        Assert.NotEqual(0, reader.Read().Records);
        using (var file = TestJournal.OpenFile(path))
            RandomAccess.SetLength(file, 100);

        Assert.Throws<JournalException>(() => reader.Read());
        Assert.Throws<JournalException>(() => reader.Release(8, 1, 1));
        Assert.Equal(100, new FileInfo(path).Length);
    }

    [Theory]
    [InlineData(-8)]
    [InlineData(8)]
    [InlineData(-JournalLimits.CapacityMin)]
    public void TryOpen_FileOfAnotherSizeThanItSays_IsDamaged(int bytesMore)
    {
        using var journal = new TestJournal();
        var path = Copy(journal);
        using (var file = TestJournal.OpenFile(path))
            RandomAccess.SetLength(file, RandomAccess.GetLength(file) + bytesMore);

        Assert.Throws<JournalException>(() => JournalReader.TryOpen(path));
    }

    [Fact]
    public void TryOpen_FolderOrNothing_IsNone()
    {
        using var journal = new TestJournal();
        var folder = Directory.CreateDirectory(Path.Combine(journal.Folder, "folder.journal")).FullName;

        Assert.Null(JournalReader.TryOpen(folder));
        Assert.Null(JournalReader.TryOpen(folder + ".none"));
    }

    [Fact]
    [Trait("system", "linux")]
    public void TryOpen_LinkPipeOrOpenFile_IsNone()
    {
        using var journal = new TestJournal();
        var link = Path.Combine(journal.Folder, "link.journal");
        File.CreateSymbolicLink(link, journal.Path);
        var pipe = Path.Combine(journal.Folder, "pipe.journal");
        using (var made = Process.Start("mkfifo", pipe)) made.WaitForExit();
        var open = Path.Combine(journal.Folder, "open.journal");
        File.WriteAllBytes(open, []);
        using (var made = Process.Start("chmod", ["644", open])) made.WaitForExit();

        Assert.All([link, pipe, open], path => Assert.Null(JournalReader.TryOpen(path)));
    }

    [Fact]
    [Trait("system", "linux")]
    public void IsOurs_AnotherUsersFile_IsNot()
    {
        var others = new Culvert.Transports.Linux.FileStatus(
            1, 1, 0x8180, Culvert.Transports.Linux.Libc.GetEffectiveUserId() + 1);

        Assert.False(LinuxJournals.IsOurs(others));
        Assert.True(LinuxJournals.IsOurs(others with { UserId = others.UserId - 1 }));
    }

    [Fact]
    [Trait("system", "linux")]
    public void Read_FileThatAnotherUserOwns_IsNone()
    {
        using var journal = new TestJournal();
        using var made = Process.Start(
            new ProcessStartInfo("chown", ["65534", journal.Path]) { RedirectStandardError = true })!;
        made.WaitForExit();
        Assert.SkipWhen(made.ExitCode != 0, "Only root can give a file to another user.");

        Assert.Null(JournalReader.TryOpen(journal.Path));
    }

    /// <summary>The journal as it is, in a file that no program writes.</summary>
    private static string Copy(TestJournal journal)
    {
        var bytes = TestJournal.ReadFile(journal.Path);
        using (var copy = JournalFolder.CreateFile(journal.Folder, "copy", bytes.Length))
            RandomAccess.Write(copy, bytes, 0);
        return JournalFolder.Publish(journal.Folder, "copy");
    }

    private static void ReadToTheEnd(string path)
    {
        try
        {
            using var reader = JournalReader.TryOpen(path)!;
            Assert.True(reader.TryTakeOver());

            // Each read takes at least eight bytes or says that there is no more.
            for (var reads = 0; reads < 100_000 && !reader.IsDrained; reads++)
            {
                var batch = reader.Read();
                reader.Release(batch.EndPosition, batch.LastSequence, batch.Records);
            }

            Assert.True(reader.IsDrained);
        }
        catch (JournalException)
        {
            // Damaged, and said so.
        }
    }

    private static void Overwrite(string path, long offset, int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        using var file = TestJournal.OpenFile(path);
        RandomAccess.Write(file, bytes, offset);
    }
}
