using System.Text;
using Culvert;
using Culvert.Connections;
using Culvert.Transports.StandardStreams;

// A program that starts a tool, itself here, and speaks to it over its standard streams; the tool's logs come apart.
if (args is ["tool"])
{
    await RunToolAsync();
    return;
}

await using var tool = await Ipc.StartChildAsync(new ChildOptions
{
    FileName = Environment.ProcessPath!,
    Arguments = ["tool"],
    LogLine = line => Console.WriteLine($"  the tool logs: {line}"),
});
foreach (var word in args.DefaultIfEmpty("hello"))
{
    await tool.Output.WriteAsync(Encoding.UTF8.GetBytes(word + "\n"));
}

await tool.Output.CompleteAsync();
using var answers = new StreamReader(tool.Input.AsStream());
while (await answers.ReadLineAsync() is { } answer) Console.WriteLine($"answer: {answer}");
Console.WriteLine($"The tool {await tool.Exited}.");

static async Task RunToolAsync()
{
    await using Connection host = await Ipc.ConnectAsync("stdio:");

    // What is written to the console is not in the way of the answers.
    Console.WriteLine($"process {Environment.ProcessId}, started by process {host.Peer.ProcessId}");
    using var questions = new StreamReader(host.Input.AsStream());
    while (await questions.ReadLineAsync() is { } word)
    {
        Console.WriteLine($"asked for a word of {word.Length} letters");
        await host.Output.WriteAsync(Encoding.UTF8.GetBytes(word.ToUpperInvariant() + "\n"));
    }
}
