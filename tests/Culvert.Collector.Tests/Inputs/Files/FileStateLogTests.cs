using Culvert.Collector.Inputs.Files;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Inputs.Files;

public sealed class FileStateLogTests
{
    [Fact]
    public void Open_AfterFlush_GivesTheLastOfEachFile()
    {
        using var folder = new TempFolder();
        using (var log = FileStateLog.Open(FileIn(folder), 0))
        {
            log.Set(State(1, 10));
            log.Set(State(2, 20));
            log.Flush();
            log.Set(State(1, 30));
            log.Set(State(2, 40) with { Path = "" });
            log.Flush();
        }

        using var again = FileStateLog.Open(FileIn(folder), 0);
        Assert.Equal(State(1, 30), Assert.Single(again.States));
    }

    [Fact]
    public void Open_AnyTornEnd_GivesWhatIsWhole()
    {
        using var folder = new TempFolder();
        using (var log = FileStateLog.Open(FileIn(folder), 0))
        {
            log.Set(State(1, 10));
            log.Set(State(1, 20));
            log.Flush();
        }

        var bytes = File.ReadAllBytes(FileIn(folder));
        for (var length = 0; length < bytes.Length; length++)
        {
            var torn = bytes[..length];
            var expected = length < bytes.Length / 2 ? 0 : 1;
            Assert.Equal(expected, Read(torn).Count);
            var flipped = bytes.ToArray();
            flipped[length] ^= 0x10;
            Assert.All(Read(flipped), state => Assert.Contains(state.Position, (long[])[10, 20]));
        }
    }

    [Fact]
    public void Flush_MuchOutOfDate_WritesTheFileAnew()
    {
        using var folder = new TempFolder();
        using (var log = FileStateLog.Open(FileIn(folder), 0))
        {
            for (var i = 1; i <= 20_000; i++)
            {
                log.Set(State(7, i));
                if (i % 1_000 == 0) log.Flush();
            }

            Assert.True(new FileInfo(FileIn(folder)).Length < FilesLimits.StateCompactBytes);
        }

        using var again = FileStateLog.Open(FileIn(folder), 0);
        Assert.Equal(20_000, Assert.Single(again.States).Position);
    }

    [Fact]
    public void Open_SeenLongAgo_IsForgotten()
    {
        using var folder = new TempFolder();
        using (var log = FileStateLog.Open(FileIn(folder), 0))
        {
            log.Set(State(1, 10) with { SeenNs = 5 });
            log.Flush();
        }

        using var again = FileStateLog.Open(FileIn(folder), 6);
        Assert.Empty(again.States);
    }

    internal static IReadOnlyList<FileState> Read(byte[] bytes)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(FileIn(folder), bytes);
        using var log = FileStateLog.Open(FileIn(folder), 0);
        return [.. log.States];
    }

    private static FileState State(int producer, long position) => new()
    {
        Producer = (UInt128)producer, Id = new FileId(1, 2), Generation = 3, Position = position,
        Fingerprint = new FileFingerprint(4, 5), SeenNs = 6, Path = "/var/log/app.log",
    };

    private static string FileIn(TempFolder folder) => Path.Combine(folder.Path, "files");
}
