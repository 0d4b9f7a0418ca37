using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json.Serialization.Metadata;
using Culvert.Connections;
using Culvert.Desktop;

namespace Culvert.TestPeer;

/// <summary>What the child can be on a Windows desktop. It says what happened line by line, until its standard input
/// ends.</summary>
[SupportedOSPlatform("windows")]
internal static class DesktopRoles
{
    public const string Prefix = "desktop-";

    private static readonly JsonTypeInfo<string> Text = TextContext.Default.String;

    public static async Task<int> RunAsync(string role, string name)
    {
        try
        {
            switch (role[Prefix.Length..])
            {
                case "window":
                    await ReceiveAsync(name);
                    return 0;
                case "send":
                    await SendAsync(name);
                    return 0;
                case "clipboard":
                    await using (var exchange = await ClipboardExchange<string>.OpenAsync(name, Text))
                    {
                        Say($"set {await exchange.SetAsync("from the child")}");
                        await Console.In.ReadLineAsync();
                    }

                    return 0;
                case "running":
                    using (RunningValue<string>.Publish(name, "from the child", Text))
                    {
                        Say("ready");
                        await Console.In.ReadLineAsync();
                    }

                    return 0;
                default:
                    return 2;
            }
        }
        catch (ConnectionException e)
        {
            Say($"error {e.Error}");
            return 1;
        }
    }

    private static async Task ReceiveAsync(string title)
    {
        await using var window = await CopyDataWindow.OpenAsync(new() { Title = title, Answer = 77 });
        Say("ready");
        while (await window.ReceiveAsync() is { } received)
        {
            Say(string.Create(
                CultureInfo.InvariantCulture,
                $"got {received.Tag} {received.Bytes.Length} {received.ClaimedSender.ProcessId}"));
        }
    }

    private static async Task SendAsync(string title)
    {
        await using var own = await CopyDataWindow.OpenAsync();
        var options = new CopyDataSendOptions { SenderWindow = own.Handle };
        var result = await CopyDataSender.SendAsync(CopyDataTarget.ByTitle(title), 5, new byte[70_000], options);
        Say($"sent {result.Status} {result.Answer}");
        await Console.In.ReadLineAsync();
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
