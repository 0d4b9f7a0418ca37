using Culvert.Connections;
using Culvert.Transports.NamedPipes;

namespace Culvert.Tests.Transports.NamedPipes;

/// <summary>What each number of messages without bytes means when the pipe breaks.</summary>
public sealed class PipeMarksTests
{
    [Theory]
    [InlineData(0, false, false, CloseKind.PeerClosed)]
    [InlineData(0, true, false, CloseKind.PeerDied)]
    [InlineData(1, false, false, CloseKind.PeerAborted)]
    [InlineData(1, true, false, CloseKind.PeerDied)]
    [InlineData(2, false, true, CloseKind.PeerAborted)]
    [InlineData(2, true, true, CloseKind.PeerDied)]
    [InlineData(3, false, true, CloseKind.PeerClosed)]
    [InlineData(3, true, true, CloseKind.PeerClosed)]
    public void OnBroken_AfterSoManyMarks_TellsTheEndsApart(
        int received, bool hasExited, bool hasEnded, CloseKind expected)
    {
        var marks = new PipeMarks();
        for (var i = 0; i < received; i++) marks.Receive();
        Assert.Equal(hasEnded, marks.HasEnded);
        Assert.Equal(expected, marks.OnBroken(hasExited));
    }

    [Fact]
    public void SendUntil_InAnyOrder_SendsEachMarkOnce()
    {
        var marks = new PipeMarks();
        Assert.Equal(2, marks.SendUntil(PipeMarks.Ended));
        Assert.Equal(0, marks.SendUntil(PipeMarks.Aborted)); // The pipe's break says the rest.
        Assert.Equal(1, marks.SendUntil(PipeMarks.Closed));
        Assert.Equal(0, marks.SendUntil(PipeMarks.Closed));
    }
}
