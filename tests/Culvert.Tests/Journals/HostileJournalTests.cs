using System.Buffers.Binary;
using System.Diagnostics;
using Culvert.Journals;

namespace Culvert.Tests.Journals;

/// <summary>What lies in the folder may be anything: the reader gives no journal, or says that it is damaged, and
/// nothing else.</summary>
[Trait("system", "linux")]
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
            for (var i = 0; i < 50; i++) journal.Write(new string('x', random.Next(2000)));
            journal.Writer.Dispose();
            using (var file = File.OpenHandle(journal.Path, access: FileAccess.ReadWrite))
            {
                for (var hits = random.Next(1, 20); hits > 0; hits--)
                {
                    var bytes = new byte[random.Next(1, 64)];
                    random.NextBytes(bytes);
                    var at = random.Next(3) switch
                    {
                        0 => random.Next(JournalLayout.FieldsEnd),
                        1 => random.Next(4096, 4200),
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

    [Fact]
    public void Read_FileCutWhileItIsRead_IsDamaged()
    {
        using var journal = new TestJournal();
        for (var i = 0; i < 100; i++) journal.Write(new string('x', 1000));
        using var reader = JournalReader.TryOpen(journal.Path)!;
        Assert.NotEqual(0, reader.Read().Records);
        using (var cut = Process.Start("truncate", ["-s", "100", journal.Path])) cut.WaitForExit();

        Assert.Throws<JournalException>(() => reader.Read());
        Assert.Throws<JournalException>(() => reader.Release(8, 1, 1));
        Assert.Equal(100, new FileInfo(journal.Path).Length);
    }

    [Fact]
    public void TryOpen_LinkPipeFolderOrOpenFile_IsNone()
    {
        using var journal = new TestJournal();
        var link = Path.Combine(journal.Folder, "link.journal");
        File.CreateSymbolicLink(link, journal.Path);
        var pipe = Path.Combine(journal.Folder, "pipe.journal");
        using (var made = Process.Start("mkfifo", pipe)) made.WaitForExit();
        var folder = Directory.CreateDirectory(Path.Combine(journal.Folder, "folder.journal")).FullName;
        var open = Path.Combine(journal.Folder, "open.journal");
        File.WriteAllBytes(open, []);
        using (var made = Process.Start("chmod", ["644", open])) made.WaitForExit();

        Assert.All([link, pipe, folder, open, "/nowhere"], path => Assert.Null(JournalReader.TryOpen(path)));
    }

    [Fact]
    public void IsOurs_AnotherUsersFile_IsNot()
    {
        var others = new Culvert.Transports.Linux.FileStatus(
            1, 1, 0x8180, Culvert.Transports.Linux.Libc.GetEffectiveUserId() + 1);

        Assert.False(JournalFolder.IsOurs(others));
        Assert.True(JournalFolder.IsOurs(others with { UserId = others.UserId - 1 }));
    }

    [Fact]
    public void Read_FileThatAnotherUserOwns_IsNone()
    {
        using var journal = new TestJournal();
        using var made = Process.Start(
            new ProcessStartInfo("chown", ["65534", journal.Path]) { RedirectStandardError = true })!;
        made.WaitForExit();
        Assert.SkipWhen(made.ExitCode != 0, "Only root can give a file to another user.");

        Assert.Null(JournalReader.TryOpen(journal.Path));
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
        using var file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        RandomAccess.Write(file, bytes, offset);
    }
}
