using System.Text;
using Culvert.Collector.Inputs.Lines;

namespace Culvert.Collector.Tests.Inputs.Lines;

public sealed class LineJoinerTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public void Add_DotNetTrace_IsOneRecord() => AssertOne(
        """
        fail: Shop.Cart[0] it failed
        System.InvalidOperationException: outer
         ---> System.IO.IOException: inner
           at Shop.Inner()
           --- End of inner exception stack trace ---
           at Shop.Outer()
        --- End of stack trace from previous location ---
           at Shop.Main()
        """);

    [Fact]
    public void Add_JavaTrace_IsOneRecord() => AssertOne(
        """
        2026-11-22 10:00:00 ERROR worker - it failed
        java.lang.IllegalStateException: outer
        	at com.shop.Cart.add(Cart.java:7)
        Caused by: java.io.IOException: inner
        	at com.shop.Disk.read(Disk.java:9)
        	... 3 more
        """);

    [Fact]
    public void Add_PythonChainedTrace_IsOneRecord() => AssertOne(
        """
        ERROR:root:it failed
        Traceback (most recent call last):
          File "a.py", line 1, in <module>
            x()
        ValueError: inner

        During handling of the above exception, another exception occurred:

        Traceback (most recent call last):
          File "a.py", line 3, in <module>
        KeyError: 'outer'
        """);

    [Fact]
    public void Add_GoPanic_IsOneRecord() => AssertOne(
        """
        panic: runtime error: index out of range [5] with length 3

        goroutine 1 [running]:
        main.(*Server).run(0xc000010000, 0x5)
        	/src/main.go:9 +0x1d
        main.main()
        	/src/main.go:5 +0x20
        exit status 2
        """);

    [Fact]
    public void Add_UnrelatedLines_StayApart() =>
        Assert.Equal(["one", "two", "{\"a\":1}", "  indented", "INFO x", "Foo.BarException: y"],
            Join("one", "two", "", "{\"a\":1}", "  indented", "INFO x", "Foo.BarException: y"));

    [Fact]
    public void Add_MoreLinesThanTheLimit_BeginsANewRecordAndLosesNone()
    {
        var lines = Enumerable.Range(0, 2_500).Select(i => $"  at frame {i}").Prepend("panic: deep").ToArray();
        var records = Join(lines);
        Assert.Equal(3, records.Count);
        Assert.Equal(lines, string.Join('\n', records).Split('\n'));
    }

    [Fact]
    public void Add_MoreBytesThanTheLimit_BeginsANewRecordAndLosesNone()
    {
        var lines = Enumerable.Range(0, 10).Select(i => "  " + new string((char)('a' + i), 100_000)).ToArray();
        var records = Join(lines);
        Assert.Equal(lines, string.Join('\n', records).Split('\n'));
        Assert.All(records, r => Assert.True(r.Length <= LineLimits.JoinedBytesMax));
    }

    [Fact]
    public void IsDue_AfterTheWait_GivesTheHeldLineWithItsTags()
    {
        var joiner = new LineJoiner(_time);
        Assert.False(joiner.Add("one"u8, 10, isCut: false, out _));
        Assert.False(joiner.Add("  more"u8, 20, isCut: true, out _));
        Assert.False(joiner.IsDue);
        _time.Advance(LineLimits.JoinWait);
        Assert.True(joiner.IsDue);
        Assert.True(joiner.TryFlush(out var line));
        Assert.Equal("one\n  more"u8, line.Text);
        Assert.Equal((2, 10L, 20L, true), (line.LineCount, line.FirstTag, line.LastTag, line.IsCut));
        Assert.False(joiner.IsHolding);
        Assert.Null(joiner.DueIn);
    }

    private void AssertOne(string trace)
    {
        trace = trace.ReplaceLineEndings("\n");
        Assert.Equal([trace, "INFO next"], Join([.. trace.Split('\n'), "INFO next"]));
    }

    private List<string> Join(params string[] lines)
    {
        var joiner = new LineJoiner(_time);
        var records = new List<string>();
        foreach (var line in lines)
        {
            if (joiner.Add(Encoding.UTF8.GetBytes(line), 0, isCut: false, out var completed))
                records.Add(Encoding.UTF8.GetString(completed.Text));
        }

        if (joiner.TryFlush(out var last)) records.Add(Encoding.UTF8.GetString(last.Text));
        return records;
    }
}
