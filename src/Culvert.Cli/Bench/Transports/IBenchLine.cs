namespace Culvert.Cli.Bench.Transports;

/// <summary>An open way to a second process that answers: one thing that is measured. One caller at a time.</summary>
internal interface IBenchLine : IAsyncDisposable
{
    /// <summary>Runs a turn of the measurement where this line may be used. Default: here.</summary>
    Task RunAsync(Func<Task> turn) => turn();

    /// <summary>Sends a message and waits for the whole answer.</summary>
    ValueTask AskAsync(ReadOnlyMemory<byte> message);

    /// <summary>Gives the answer up; false when it is not this message.</summary>
    bool TakeAnswer(BenchMessage message, long number);

    /// <summary>Sends so many messages, numbered on from the first; in one batch where there are no
    /// boundaries.</summary>
    ValueTask SendAsync(BenchMessage message, long first, int count);

    /// <summary>Says that this was all for now, and returns how many messages the other side ever got right.</summary>
    ValueTask<long> EndAsync(BenchMessage message);
}
