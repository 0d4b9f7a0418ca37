using System.Text;
using Culvert.Desktop;

// Without arguments it shows what comes; with a text it sends that. Any program may take either side: the window is
// found by FindWindow, and what travels is a plain WM_COPYDATA.
const string ClassName = "Culvert.Samples.WindowMessages";
if (!OperatingSystem.IsWindows())
{
    Console.Error.WriteLine("Window messages are a thing of Windows.");
    return 1;
}

if (args is [var text])
{
    var result = await CopyDataSender.SendAsync(
        CopyDataTarget.ByClass(ClassName), tag: 1, Encoding.UTF8.GetBytes(text));
    Console.WriteLine(result.Message);
    return result.Status == CopyDataStatus.Delivered ? 0 : 1;
}

await using var window = await CopyDataWindow.OpenAsync(new() { ClassName = ClassName, BytesMax = 10_000 });
Console.WriteLine("Waiting for messages; end with Ctrl-C.");
while (await window.ReceiveAsync() is { } message)
{
    var sender = message.ClaimedSender.ExecutablePath ?? "somebody who gives no window";
    Console.WriteLine($"{Encoding.UTF8.GetString(message.Bytes.Span)}   (it says it is of {sender})");
}

return 0;
