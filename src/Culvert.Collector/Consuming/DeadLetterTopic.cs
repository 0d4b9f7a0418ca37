using System.Globalization;
using System.Text;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Outputs.Kafka;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Consuming;

/// <summary>
/// Sends messages that nothing can be made of, and such whose records the sink's other side refused for good, to the
/// dead-letter topic: key, value and headers as they were, and where they came from and why in headers of their own.
/// </summary>
internal sealed class DeadLetterTopic(
    ConsumerOptions options, ConsumedQueue queue, OutputStatus status, ILogger logger, TimeProvider time)
    : IDeadLetters, IAsyncDisposable
{
    private const string Prefix = "Dead letters cannot be kept. ";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly KafkaSender _sender = new(options.LetterSettings, "consume", options.Brokers);
    private readonly CancellationTokenSource _stop = new();
    // Partner: several replies of one sink at once. Its own lock, since letters are sent outside of it.
    private readonly Lock _gate = new();
    private readonly KeptPositions _kept = new();

    /// <summary>The message of which nothing can be made: settles it in the queue once the letter is safe, however long
    /// that takes.</summary>
    public async Task SettleAsync(ConsumedItem item, string reason, string problem)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await SendAsync(item.Message, reason, problem, identity: null, _stop.Token).ConfigureAwait(false);
                queue.SettleLetter(item);
                return;
            }
            catch (OutputException exception)
            {
                Tell(exception.Message);
                await Task.Delay(RetryAfter, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // It is read again after the next start.
                return;
            }
        }
    }

    public async ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var sends = new List<Task>(letters.Count);
        foreach (var letter in letters)
        {
            var item = queue.Find(letter.Position)
                ?? throw new InvalidOperationException("A record was refused that had been confirmed.");
            sends.Add(SendOnceAsync(item.Message, letter, cancellationToken));
        }

        await Task.WhenAll(sends).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sender.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>A sink that begins anew meets the same refusal again.</summary>
    private async Task SendOnceAsync(KafkaReceived message, DeadLetter letter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_kept.Contains(letter.Position)) return;
        }

        await SendAsync(message, letter.Reason, letter.Problem, letter.Identity, cancellationToken)
            .ConfigureAwait(false);
        lock (_gate) _kept.Add(letter.Position);
    }

    private async Task SendAsync(
        KafkaReceived message, string reason, string problem, string? identity, CancellationToken cancellationToken)
    {
        try
        {
            var sent = _sender.SendAsync(
                options.DeadLetterTopic, message.Key, message.Value, Headers(message, reason, problem, identity));
            while (!sent.IsCompleted)
            {
                await sent.WaitAsync(RetryAfter, time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (!sent.IsCompleted && _sender.Trouble is { } trouble) Tell(Prefix + trouble);
            }

            await sent.ConfigureAwait(false);
        }
        catch (OutputException exception)
        {
            throw new OutputException(Prefix + exception.Message, exception);
        }

        status.CountRejected(1, reason);
        OutputLog.Rejected(logger, status.Name, 1, $"{message.Partition} at {message.Offset}: {problem}");
    }

    private void Tell(string sentence)
    {
        if (status.Trouble(sentence)) OutputLog.Failed(logger, status.Name, sentence);
    }

    private List<KafkaHeader> Headers(KafkaReceived message, string reason, string problem, string? identity)
    {
        // A letter that was sent again and refused again says where it came from at last.
        var headers = message.Headers
            .Where(header => !header.Name.StartsWith(KafkaHeaders.DeadPrefix, StringComparison.Ordinal)).ToList();
        Add("topic", message.Partition.Topic);
        Add("partition", Text(message.Partition.Number));
        Add("offset", Text(message.Offset));
        Add("timestamp", Text(message.TimestampMs));
        if (message.Key is { } key) headers.Add(new KafkaHeader(KafkaHeaders.DeadPrefix + "key", key));
        Add("group", options.Group);
        Add("reason", reason);
        Add("problem", DeadLetterJson.Short(problem));
        if (identity is { Length: > 0 }) Add("identity", identity);
        return headers;

        void Add(string name, string value) =>
            headers.Add(new KafkaHeader(KafkaHeaders.DeadPrefix + name, Encoding.UTF8.GetBytes(value)));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
