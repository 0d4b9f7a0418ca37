using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Desktop;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Desktop;

/// <summary>Values in the Running Object Table.</summary>
[SupportedOSPlatform("windows")]
public sealed class RunningValueTests
{
    private readonly string _name = $"test-{Guid.NewGuid():N}";

    public RunningValueTests() => WindowsDesktop.Need();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WhilePublishedUpdatedAndTakenBack_IsTheValueOfTheMoment()
    {
        Assert.False((await ReadAsync()).HasValue);
        using (var published = RunningValue<Note>.Publish(_name, new Note("a", 1), NoteContext.Default.Note))
        {
            Assert.Equal((true, new Note("a", 1)), await ReadAsync());
            published.Update(new Note("b", 2));
            Assert.Equal((true, new Note("b", 2)), await ReadAsync());
            published.Dispose();
            Assert.Throws<ObjectDisposedException>(() => published.Update(new Note("c", 3)));
        }

        Assert.False((await ReadAsync()).HasValue);
    }

    [Fact]
    public async Task Read_ByManyAtOnce_GetsTheWholeValueEachTime()
    {
        var note = new Note(new string('x', 300_000), 5);
        using var published = RunningValue<Note>.Publish(_name, note, NoteContext.Default.Note);
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadAsync()));
        Assert.All(all, read => Assert.Equal((true, note), read));
    }

    [Fact]
    public async Task Read_OfMoreThanTheLimitOrNoValue_IsAViolation()
    {
        using var published = RunningValue<Note>.Publish(
            _name, new Note(new string('x', 300), 5), NoteContext.Default.Note);
        await ExpectViolationAsync(_name, new() { BytesMax = 100 });

        var other = $"{_name}-other";
        using var stream = ComStream.Create([1, 2, 3]);
        var cookie = RunningObjects.Register($"Culvert.{other}", stream);
        await ExpectViolationAsync(other, new());
        RunningObjects.Revoke(cookie);
    }

    [Fact]
    public void Publish_OfALongValue_Throws() => Assert.Throws<ArgumentException>(
        () => RunningValue<Note>.Publish(_name, new Note("abc", 1), NoteContext.Default.Note, new() { BytesMax = 5 }));

    private static async Task ExpectViolationAsync(string name, RunningValueOptions options)
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await RunningValue<Note>.ReadAsync(name, NoteContext.Default.Note, options, Token));
        Assert.Equal(ConnectionError.ProtocolViolation, error.Error);
    }

    private async Task<(bool HasValue, Note? Value)> ReadAsync() =>
        await RunningValue<Note>.ReadAsync(_name, NoteContext.Default.Note, null, Token);
}
