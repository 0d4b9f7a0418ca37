namespace Culvert.Collector.Tests.Spool;

public sealed class SpoolModelTests
{
    private static bool IsFull => Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";

    [Fact]
    public async Task Spool_AnyOperationsAndCrashes_KeepsWhatItAcknowledged()
    {
        var start = Environment.GetEnvironmentVariable("CULVERT_TEST_SEED") is { Length: > 0 } seed ? int.Parse(seed)
            : Random.Shared.Next();
        var rounds = IsFull ? 3_000 : 40;
        for (var i = 0; i < rounds; i++)
        {
            var round = unchecked(start + i);
            await using var model = new SpoolModel(round);
            try
            {
                await model.RunAsync(operations: 60);
            }
            catch (Exception exception)
            {
                Assert.Fail($"CULVERT_TEST_SEED={round}: {exception}\n{string.Join('\n', model.Lines.TakeLast(300))}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds from seed {start}");
    }
}
