using System.Collections.Concurrent;
using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Sends single messages, each of which is waited for: dead letters, and what is sent again by hand. The
/// producer is made with the first one. Any thread.</summary>
/// <param name="settings">Of the library.</param>
/// <param name="place">Where the settings stand, for sentences: <c>outputs.kafka</c>, <c>consume</c>.</param>
/// <param name="brokers">As they were configured, for sentences.</param>
internal sealed class KafkaSender(
    IEnumerable<KeyValuePair<string, string>> settings, string place, string brokers)
    : IKafkaReports, IAsyncDisposable
{
    private static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ulong, (string Topic, TaskCompletionSource Sent)> _underWay = new();

    // Guards the producer, whose calls do not overlap.
    private readonly Lock _gate = new();
    private readonly AsyncSignal _reported = new(TimeProvider.System);
    private Task _taking = Task.CompletedTask;
    private volatile bool _isStopping;
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
            if (_producer is null)
            {
                _producer = new KafkaProducer(settings, this, _reported);
                _taking = TakeReportsAsync(_producer);
            }

            var number = ++_last;
            _underWay[number] = (topic, sent);
            var error = _producer.Send(topic, key, value, headers, number);
            if (error != 0) Fail(number, error);
        }

        return sent.Task;
    }

    /// <summary>The same for a person who waits: throws <see cref="OutputException"/> too when it took too
    /// long.</summary>
    public async Task SendNowAsync(
        string topic, byte[]? key, byte[]? value, IReadOnlyList<KafkaHeader> headers,
        CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(topic, key, value, headers).WaitAsync(SendWithin, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new OutputException(
                Trouble ?? $"Kafka at {brokers} did not take it within 30 s; look at the broker.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        _reported.Set();
        await _taking.ConfigureAwait(false);
        if (_producer is not null) await _producer.DisposeAsync().ConfigureAwait(false);
    }

    public void Delivered(ReadOnlySpan<ulong> positions)
    {
        _trouble = null;
        foreach (var position in positions)
        {
            if (_underWay.TryRemove(position, out var message)) message.Sent.TrySetResult();
        }
    }

    public void Failed(KafkaFailure failure) => Fail(failure.Position, failure.Error);

    public void Troubled(int error, string reason) => _trouble = Sentence(error, reason, "");

    private async Task TakeReportsAsync(KafkaProducer producer)
    {
        while (!_isStopping)
        {
            await _reported.WaitAsync(LookAfter).ConfigureAwait(false);
            lock (_gate) producer.TakeReports();
        }
    }

    private void Fail(ulong position, int error)
    {
        if (!_underWay.TryRemove(position, out var message)) return;
        message.Sent.TrySetException(
            new OutputException(Sentence(error, KafkaError.Text(error), message.Topic)));
    }

    private string Sentence(int error, string reason, string topic) =>
        KafkaError.Sentence(error, reason, place, brokers, topic);
}
