using System.CommandLine;
using Culvert.Cli.Reading;
using Culvert.Cli.Terminal;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert ready</c>: the question of a probe, for scripts and for containers without a shell.</summary>
internal static class ReadyCommand
{
    /// <summary>Longer than a disk under load takes, and shorter than whoever asks is used to wait.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var reader = new ReaderOptions();
        var command = new Command(
            "ready", "Ask whether a collector, a consumer or a page does its work. Exit code 1, and why, when not.");
        reader.AddTo(command);
        command.SetAction((result, cancellation) => reader.RunAsync(result, async collector =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Timeout);
            try
            {
                await collector.CheckReadyAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new ReaderException($"No answer came within {Timeout.TotalSeconds:0} s.");
            }

            Console.WriteLine("ready");
            return ExitCode.Done;
        }));
        return command.WithExamples("culvert ready", "culvert ready --http 127.0.0.1:7515");
    }
}
