using System.Collections.Concurrent;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Sends single messages, each of which is waited for: dead letters, and what is sent again by hand. The
/// producer is made with the first one. Any thread.</summary>
/// <param name="settings">Of the library.</param>
/// <param name="brokers">As they were configured, for sentences.</param>
internal sealed class KafkaSender(IEnumerable<KeyValuePair<string, string>> settings, string brokers)
    : IKafkaReports, IAsyncDisposable
{
    private readonly ConcurrentDictionary<ulong, (string Topic, TaskCompletionSource Sent)> _underWay = new();

    // Guards the producer, which takes one message at a time.
    private readonly Lock _gate = new();
    private KafkaProducer? _producer;
    private ulong _last;
    private volatile string? _trouble;

    /// <summary>What is wrong while messages wait, as a sentence; null when nothing is known to be.</summary>
    public string? Trouble => _trouble;

    /// <summary>Completes when the brokers have it; throws <see cref="OutputException"/> when it was given
    /// up.</summary>
    public Task SendAsync(string topic, byte[]? key, byte[]? value, IReadOnlyList<KafkaHeader> headers)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _producer ??= new KafkaProducer(settings, this);
            var number = ++_last;
            _underWay[number] = (topic, sent);
            var error = _producer.Send(topic, key, value, headers, number);
            if (error != 0) Failed(number, error, KafkaError.Text(error), topic);
        }

        return sent.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_producer is not null) await _producer.DisposeAsync().ConfigureAwait(false);
    }

    public void Delivered(ulong position)
    {
        _trouble = null;
        if (_underWay.TryRemove(position, out var message)) message.Sent.TrySetResult();
    }

    public void Failed(ulong position, int error, string reason, string topic)
    {
        if (!_underWay.TryRemove(position, out var message)) return;
        message.Sent.TrySetException(new OutputException(Sentence(error, reason, message.Topic)));
    }

    public void Troubled(int error, string reason) => _trouble = Sentence(error, reason, "");

    private string Sentence(int error, string reason, string topic) =>
        KafkaError.Sentence(error, reason, "consume", brokers, topic);
}
