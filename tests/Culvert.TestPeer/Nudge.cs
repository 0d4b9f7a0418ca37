using Culvert.Connections;

namespace Culvert.TestPeer;

/// <summary>The test's word to go on: a line on standard input, or a byte over a pair of pipes where the standard
/// streams are in use.</summary>
internal static class Nudge
{
    private static Connection? _connection;

    public static async Task WaitAsync()
    {
        if (Environment.GetEnvironmentVariable("CULVERT_TEST_NUDGE") is not { } endpoint)
        {
            await Console.In.ReadLineAsync();
            return;
        }

        _connection ??= await Ipc.ConnectAsync(endpoint);
        var result = await _connection.Input.ReadAtLeastAsync(1);
        if (!result.Buffer.IsEmpty) _connection.Input.AdvanceTo(result.Buffer.GetPosition(1));
    }
}
