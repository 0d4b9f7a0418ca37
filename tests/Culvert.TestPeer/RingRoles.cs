using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Culvert.Connections;
using Culvert.Transports.SharedMemory;
using Culvert.Transports.Windows;

namespace Culvert.TestPeer;

/// <summary>Sends or receives numbered messages over shared memory, and kills itself or waits behind a step of the
/// ring, where it can be stopped.</summary>
internal static class RingRoles
{
    public const string Send = "ring-send";
    public const string Receive = "ring-receive";

    public const string Idle = "ring-idle";

    private const int Count = 20_000;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(1);

    /// <summary>Says <c>ready</c>, <c>at N</c> with the messages published or seen when it comes to the step, and
    /// <c>done N</c> at the end.</summary>
    public static async Task<int> RunAsync(string role, string endpoint, string step, int occurrence, bool isKilled)
    {
        var wanted = Enum.Parse<RingStep>(step);
        var count = 0;
        AppContext.SetData(RingSteps.DataName, (Action<RingStep>)(reached =>
        {
            if (reached is RingStep.Published or RingStep.Skipped) count++;
            if (reached != wanted || --occurrence != 0) return;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at {count}"));
            if (isKilled) Process.GetCurrentProcess().Kill();
            else Console.ReadLine();
        }));
        await using var connection = await Ipc.ConnectAsync(endpoint);
        var messages = connection.Messages!;
        var (writer, reader) = (messages.Writer!, messages.Reader!);
        Console.WriteLine("ready");
        await Nudge.WaitAsync();
        var total = role == Send ? await SendAllAsync(writer) : await ReceiveAllAsync(reader);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {total}"));
        return 0;
    }

    /// <summary>Listens, and answers each message. Says <c>ready</c>, and at each nudge how many threads poll and how
    /// many milliseconds of processor time a second without work took.</summary>
    public static async Task<int> ListenAsync(string endpoint)
    {
        var options = new ListenerOptions { BufferBytes = 64 * 1024 };
        await using var listener = await Ipc.ListenAsync(endpoint, options);
        _ = AcceptAllAsync(listener);
        Console.WriteLine("ready");
        while (true)
        {
            await Nudge.WaitAsync();
            var before = Environment.CpuUsage.TotalTime;
            using var second = new PeriodicTimer(IdleTime);
            await second.WaitForNextTickAsync();
            var used = Environment.CpuUsage.TotalTime - before;
            var pollers = OperatingSystem.IsWindows()
                ? CompletionPort.Shared.Threads
                : Directory.GetDirectories("/proc/self/task").Count(IsPoller);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"idle {pollers} {used.TotalMilliseconds:0}"));
        }
    }

    private static bool IsPoller(string thread)
    {
        try
        {
            var name = File.ReadAllText(Path.Combine(thread, "comm"));
            return name.StartsWith("Culvert poller", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }

    private static async Task AcceptAllAsync(Listener listener)
    {
        while (await listener.AcceptAsync() is { } connection) _ = AnswerAsync(connection.Messages!);
    }

    private static async Task AnswerAsync(MessageChannel messages)
    {
        try
        {
            while (await messages.ReceiveAsync() is { } message) await messages.SendAsync(message);
        }
        catch (ConnectionException)
        {
            // The test is over.
        }
    }

    /// <summary>As long as the message of this number is; it is filled with its number's last byte.</summary>
    private static int LengthOf(int number) => sizeof(int) + number * 7 % 300;

    private static async Task<int> SendAllAsync(MessageWriter writer)
    {
        for (var i = 0; i < Count; i++)
        {
            while (!TrySend(writer, i))
            {
                if (!await writer.WaitForRoomAsync(LengthOf(i))) return i;
            }
        }

        return Count;
    }

    private static bool TrySend(MessageWriter writer, int number)
    {
        if (!writer.TryClaim(LengthOf(number), out var place)) return false;
        place.Fill((byte)number);
        BinaryPrimitives.WriteInt32LittleEndian(place, number);
        writer.Commit(place.Length);
        writer.Flush();
        return true;
    }

    private static async Task<int> ReceiveAllAsync(MessageReader reader)
    {
        var count = 0;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var message))
            {
                var isRight = message.Length == LengthOf(count)
                    && BinaryPrimitives.ReadInt32LittleEndian(message) == count
                    && !message[sizeof(int)..].ContainsAnyExcept((byte)count);
                if (!isRight) throw new UnreachableException($"Message {count} is not as it was sent.");
                count++;
                reader.Release();
            }
        }

        return count;
    }
}
