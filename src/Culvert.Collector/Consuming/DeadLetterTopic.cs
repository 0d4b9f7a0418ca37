using System.Collections.Concurrent;
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
    : IDeadLetters, IKafkaReports, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _underWay = new();
    private readonly CancellationTokenSource _stop = new();
    // Guards the producer, which is made with the first letter, and takes one message at a time.
    private readonly Lock _gate = new();
    private KafkaProducer? _producer;
    private ulong _last;
    private volatile string? _trouble;

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
                if (status.Trouble(exception.Message)) OutputLog.Failed(logger, status.Name, exception.Message);
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
            sends.Add(SendAsync(item.Message, letter.Reason, letter.Problem, letter.Identity, cancellationToken));
        }

        await Task.WhenAll(sends).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_producer is not null) await _producer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    public void Delivered(ulong position)
    {
        _trouble = null;
        if (_underWay.TryRemove(position, out var letter)) letter.TrySetResult();
    }

    public void Failed(ulong position, int error, string reason, string topic)
    {
        if (!_underWay.TryRemove(position, out var letter)) return;
        letter.TrySetException(new OutputException(Sentence(error, reason)));
    }

    public void Troubled(int error, string reason) => _trouble = Sentence(error, reason);

    private async Task SendAsync(
        KafkaReceived message, string reason, string problem, string? identity, CancellationToken cancellationToken)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Hand(message, Headers(message, reason, problem, identity), sent);
        while (true)
        {
            await sent.Task.WaitAsync(RetryAfter, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (sent.Task.IsCompleted) break;
            if (_trouble is { } trouble && status.Trouble(trouble)) OutputLog.Failed(logger, status.Name, trouble);
        }

        await sent.Task.ConfigureAwait(false);
        status.CountRejected(1, reason);
        OutputLog.Rejected(logger, status.Name, 1, $"{message.Partition} at {message.Offset}: {problem}");
    }

    private void Hand(KafkaReceived message, List<KafkaHeader> headers, TaskCompletionSource sent)
    {
        lock (_gate)
        {
            _producer ??= new KafkaProducer(options.LetterSettings, this);
            var number = ++_last;
            _underWay[number] = sent;
            var error = _producer.Send(options.DeadLetterTopic, message.Key, message.Value, headers, number);
            if (error == 0) return;
            _underWay.TryRemove(number, out _);
            throw new OutputException(Sentence(error, KafkaError.Text(error)));
        }
    }

    private string Sentence(int error, string reason) => "Dead letters cannot be kept. "
        + KafkaError.Sentence(error, reason, "consume", options.Brokers, options.DeadLetterTopic);

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
