using System.CommandLine;
using Culvert.Cli.Sending;
using Culvert.Cli.Terminal;
using Culvert.Shipping;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert send</c>: ships lines of standard input or of files, and ends when all are
/// acknowledged.</summary>
internal static class SendCommand
{
    /// <summary>How long Ctrl-C waits for what was read already.</summary>
    private static readonly TimeSpan FlushAfterInterrupt = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var to = new Option<string>("--to")
        {
            Description = "Where the collector listens.",
            HelpName = "ENDPOINT",
            DefaultValueFactory = _ => LogShipperOptions.DefaultEndpoint,
        };
        var service = new Option<string?>("--service")
        {
            Description = "The service of lines that name none. Default: the file's name, or 'stdin'.",
            HelpName = "NAME",
        };
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "Files to read to their end; without any, standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("send", "Send lines to the collector: plain text, JSON, or the journal's JSON.")
        {
            to, service, files,
        };
        command.SetAction((result, cancellation) =>
        {
            // The flush below is bounded by itself; the command line's own bound only has to be wider.
            result.InvocationConfiguration.ProcessTerminationTimeout = FlushAfterInterrupt * 2;
            return SendAsync(
                result.GetValue(to)!, result.GetValue(service), result.GetValue(files) ?? [], cancellation);
        });
        return command.WithExamples(
            "someprogram 2>&1 | culvert send --service someprogram",
            "journalctl -o json -f | culvert send",
            "culvert send --to unix:///run/culvert.sock /var/log/dpkg.log");
    }

    private static async Task<int> SendAsync(
        string to, string? service, FileInfo[] files, CancellationToken cancellation)
    {
        if (files.FirstOrDefault(file => !file.Exists) is { } missing)
        {
            Console.Error.WriteLine($"culvert send: There is no file '{missing}'; nothing was sent.");
            return ExitCode.Usage;
        }

        LogShipper shipper;
        try
        {
            shipper = LogShipper.Start(new LogShipperOptions
            {
                Endpoint = to,
                FullMode = FullMode.Wait,
                WaitTimeout = Timeout.InfiniteTimeSpan,
                ShutdownTimeout = Timeout.InfiniteTimeSpan,
                OnUndelivered = _ => { },
            });
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine($"culvert send: {exception.Message}");
            return ExitCode.Usage;
        }

        await using var progress = new SendProgress(shipper, to, Console.Error, isTerminal: !Console.IsErrorRedirected);
        var read = await ReadAllAsync(shipper, service, files, cancellation);
        var isWhole = read && await FlushAsync(shipper, cancellation);
        if (isWhole) await shipper.DisposeAsync();
        return await progress.FinishAsync(read) ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<bool> ReadAllAsync(
        LogShipper shipper, string? service, FileInfo[] files, CancellationToken cancellation)
    {
        // Standard input cannot be cancelled, and a full buffer makes the reading wait; an interrupt must not wait for
        // either.
        var reading = Task.Run(() => ReadAsync(shipper, service, files, cancellation), CancellationToken.None);
        var interrupted = Task.Delay(Timeout.Infinite, cancellation);
        if (await Task.WhenAny(reading, interrupted) == reading)
        {
            try
            {
                await reading;
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"culvert send: {exception.Message}");
            }
        }

        await FlushAsync(shipper, cancellation);
        return false;
    }

    private static async Task ReadAsync(
        LogShipper shipper, string? service, FileInfo[] files, CancellationToken cancellation)
    {
        if (files.Length == 0)
        {
            await using var input = Console.OpenStandardInput();
            await new LineSender(shipper, service ?? "stdin", file: null).SendAsync(input, cancellation);
        }

        foreach (var file in files)
        {
            await using var input = new FileStream(
                file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var name = service ?? Path.GetFileNameWithoutExtension(file.Name);
            await new LineSender(shipper, name, file.FullName).SendAsync(input, cancellation);
        }
    }

    /// <summary>Waits until all is acknowledged: for ever, or after an interrupt for a bounded time.</summary>
    private static async Task<bool> FlushAsync(LogShipper shipper, CancellationToken cancellation)
    {
        try
        {
            return await shipper.FlushAsync(Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (OperationCanceledException)
        {
            return await shipper.FlushAsync(FlushAfterInterrupt, CancellationToken.None);
        }
    }
}
