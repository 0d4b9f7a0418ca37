using System.Text;
using Culvert.Collector.Inputs.Files;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Files;

/// <summary>How the bytes of a file become the text of records.</summary>
public sealed class FilesTextTests
{
    [Fact]
    public async Task Pass_PartialLastLine_IsHeldUntilItsEndOrTheTimeout()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "half");
        files.Start("*.log");
        await files.ReadAllAsync();
        Assert.Empty(files.Bodies);
        files.Append("app.log", " done\nprompt> ");
        await files.ReadAllAsync();
        Assert.Equal(["half done"], files.Bodies);

        files.Clock.Advance(TimeSpan.FromSeconds(6));
        await files.ReadAllAsync();
        files.Append("app.log", "yes\n");
        await files.ReadAllAsync();
        Assert.Equal(["half done", "prompt> ", "yes"], files.Bodies);
    }

    [Fact]
    public async Task Pass_StackTrace_IsOneRecord()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "2026-01-01 10:00:00 ERROR failed\nSystem.Exception: no\n   at A.B()\n   at C.D()\n");
        files.Append("app.log", "2026-01-01 10:00:01 INFO next\n");
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(2, files.Bodies.Count);
        Assert.EndsWith("   at C.D()", files.Bodies[0]);
        Assert.Equal(Severity.Error, files.Intake.Records[0].Severity);
    }

    [Fact]
    public async Task Pass_OverlongLine_KeepsItsHeadAlsoAcrossARestart()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "a\n" + new string('x', FilesLimits.LineBytesMax + 10));
        files.Start("*.log");
        await files.ReadAllAsync();
        await files.KillAsync();
        files.Append("app.log", new string('y', 2 * FilesLimits.TurnBytes));
        files.Start("*.log");
        await files.ReadAllAsync();
        files.Append("app.log", "z\nb\n");
        await files.ReadAllAsync();

        Assert.Equal(["a", new string('x', FilesLimits.LineBytesMax), "b"], files.Bodies);
        Assert.True(files.Intake.Records[1].Flags.HasFlag(RecordFlags.Truncated));
    }

    [Fact]
    public async Task Pass_InvalidUtf8_IsRepaired()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", [(byte)'a', 0xFF, (byte)'b', (byte)'\n']);
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(["a\uFFFDb"], files.Bodies);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task Pass_ByteOrderMark_TellsTheEncoding(string name)
    {
        await using var files = new FilesFixture();
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("Zoë ਊ\r\n日本\nhalf")];

        // Byte by byte, so that marks, characters and line ends come torn.
        files.Start("*.log");
        foreach (var value in bytes)
        {
            files.Append("app.log", [value]);
            await files.PassAsync();
        }

        await files.ReadAllAsync();
        await files.KillAsync();
        files.Append("app.log", encoding.GetBytes(" done\n"));
        files.Start("*.log");
        await files.ReadAllAsync();
        Assert.Equal(["Zoë ਊ", "日本", "half done"], files.Bodies);
    }
}
