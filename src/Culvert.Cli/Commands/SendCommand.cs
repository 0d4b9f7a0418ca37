using System.CommandLine;
using Culvert.Cli.Sending;
using Culvert.Cli.Terminal;
using Culvert.Collector.Configuration;
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
        var timeout = new Option<string?>("--timeout")
        {
            Description = "Give up, with exit code 1, when nothing was acknowledged for so long while records wait, "
                + "such as 30s. Default: wait without limit.",
            HelpName = "DURATION",
        };
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "Files to read to their end; without any, standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(
            "send",
            "Send lines to the collector: plain text, JSON, or the journal's JSON. Ends when every record is "
            + "acknowledged; without a collector it waits for one, without limit unless --timeout is given.")
        {
            to, service, timeout, files,
        };
        command.SetAction((result, cancellation) =>
        {
            TimeSpan? patience = null;
            if (result.GetValue(timeout) is { } text)
            {
                if (!DurationText.TryParse(text, out var span) || span <= TimeSpan.Zero)
                {
                    Console.Error.WriteLine(
                        $"culvert send: --timeout is '{text}', which is no time span; write one such as 30s.");
                    return Task.FromResult(ExitCode.Usage);
                }

                patience = span;
            }

            // The flush below is bounded by itself; the command line's own bound only has to be wider.
            result.InvocationConfiguration.ProcessTerminationTimeout = FlushAfterInterrupt * 2;
            return SendAsync(
                result.GetValue(to)!, result.GetValue(service), result.GetValue(files) ?? [], patience, cancellation);
        });
        return command.WithExamples(
            "someprogram 2>&1 | culvert send --service someprogram",
            "journalctl -o json -f | culvert send",
            "culvert send --timeout 30s backup.log",
            "culvert send --to unix:///run/culvert.sock /var/log/dpkg.log");
    }

    private static async Task<int> SendAsync(
        string to, string? service, FileInfo[] files, TimeSpan? patience, CancellationToken cancellation)
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

        await using var progress = new SendProgress(
            shipper, to, patience, Console.Error, isTerminal: !Console.IsErrorRedirected);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, progress.GaveUp);
        var flush = () => FlushAsync(shipper, progress.GaveUp, ending.Token);
        var read = await ReadAllAsync(shipper, service, files, flush, ending.Token);
        var isWhole = read && await flush();
        if (isWhole) await shipper.DisposeAsync();
        return await progress.FinishAsync(read) ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<bool> ReadAllAsync(
        LogShipper shipper, string? service, FileInfo[] files, Func<Task<bool>> flush, CancellationToken cancellation)
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

        await flush();
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

    /// <summary>Waits until all is acknowledged: for ever, after an interrupt for a bounded time, and no longer once
    /// the patience is over.</summary>
    private static async Task<bool> FlushAsync(
        LogShipper shipper, CancellationToken gaveUp, CancellationToken cancellation)
    {
        try
        {
            return await shipper.FlushAsync(Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (OperationCanceledException)
        {
            if (gaveUp.IsCancellationRequested) return false;
            return await shipper.FlushAsync(FlushAfterInterrupt, CancellationToken.None);
        }
    }
}
