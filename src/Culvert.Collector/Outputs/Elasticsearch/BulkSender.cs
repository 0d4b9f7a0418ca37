using System.Runtime.InteropServices;
using System.Text;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>
/// Sends one batch until the server has every record of it, or refused it for good. After a lost connection the same
/// documents go again, and the server answers that it has them. Any thread; batches may overlap.
/// </summary>
/// <param name="letters">What is refused goes there before it is confirmed.</param>
/// <param name="size">Learns from the answers.</param>
/// <param name="trouble">Told a sentence with every attempt that failed.</param>
/// <param name="stored">Told the position of each record that is safe.</param>
/// <param name="time">The clock of pauses.</param>
internal sealed class BulkSender(
    IDeadLetters letters, BatchSize size, Action<string> trouble, Action<ulong> stored, TimeProvider time)
{
    public static ReconnectDelay NewDelay() =>
        new(Random.Shared, OutputLimits.RetryDelayMin, OutputLimits.RetryDelayMax);

    public async Task SendAsync(ElasticsearchClient client, BulkBatch batch, CancellationToken cancellationToken)
    {
        var left = Enumerable.Range(0, batch.Items.Count).ToList();
        var results = new List<BulkResult>();
        var delay = NewDelay();
        var partBytes = int.MaxValue;
        while (left.Count > 0)
        {
            var count = Part(batch, left, partBytes, out var bytes);
            var body = batch.Body(CollectionsMarshal.AsSpan(left)[..count]);
            var (answer, problem) = await TrySendAsync(client, body, bytes, cancellationToken).ConfigureAwait(false);
            if (answer is { Status: 413 } && count == 1)
            {
                var tooLarge = new BulkResult(
                    BulkVerdict.Refused, 413, "request_entity_too_large",
                    $"The document has {bytes} bytes, and the server takes no request of this size.");
                await RefuseAsync([Letter(batch, batch.Items[left[0]], tooLarge)], cancellationToken)
                    .ConfigureAwait(false);
                left.RemoveAt(0);
                continue;
            }

            if (answer is { Status: 413 })
            {
                // What has to be sent in parts is sent in parts at once: there is nothing to wait for.
                size.Pressed();
                partBytes = bytes / 2;
                continue;
            }

            if (answer is { IsSuccess: true } && !BulkAnswer.TryRead(answer.Body, count, results))
                problem = $"What answers at {client.Address} is no search server: its answer is not one to a batch.";
            if (problem is null)
            {
                problem = await JudgeAsync(client, batch, left, count, results, cancellationToken)
                    .ConfigureAwait(false);
                if (problem is null)
                {
                    delay.Reset();
                    continue;
                }
            }

            if (problem.Length == 0) continue;
            trouble(problem);
            var pause = answer?.RetryAfter is { } asked && asked > TimeSpan.Zero
                ? (asked < BulkLimits.RetryAfterMax ? asked : BulkLimits.RetryAfterMax) : delay.Next();
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>How many of the items fit; one always does.</summary>
    private static int Part(BulkBatch batch, List<int> left, int bytesMax, out int bytes)
    {
        bytes = 0;
        var count = 0;
        while (count < left.Count && (count == 0 || bytes + batch.Items[left[count]].Bytes <= bytesMax))
            bytes += batch.Items[left[count++]].Bytes;
        return count;
    }

    /// <summary>The answer, and what is wrong with it as a whole.</summary>
    private async ValueTask<(ElasticsearchAnswer? Answer, string? Problem)> TrySendAsync(
        ElasticsearchClient client, ReadOnlyMemory<byte> body, int bytes, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            var answer = await client.SendAsync(
                HttpMethod.Post, BulkAnswer.Path, body, ElasticsearchClient.Lines, cancellationToken)
                .ConfigureAwait(false);
            if (answer.IsSuccess)
            {
                size.Answered(bytes, time.GetElapsedTime(began));
                return (answer, null);
            }

            // With what the files hold now the next attempt may fare better, and reading them is for a new sink.
            if (answer.Status == 401)
                throw new OutputException(ElasticsearchErrors.Refused(answer, "take documents").Message);
            if (answer.Status is 429 or 503) size.Pressed();
            return (answer, ElasticsearchErrors.Refused(answer, "take documents").Message);
        }
        catch (ElasticsearchException exception)
        {
            if (exception.InnerException is OperationCanceledException) size.Pressed();
            return (null, exception.Message);
        }
    }

    /// <summary>Sorts the items by what the server says of each: what is done with leaves the list. Null when nothing
    /// is wrong, empty when there is no need to wait.</summary>
    private async ValueTask<string?> JudgeAsync(
        ElasticsearchClient client, BulkBatch batch, List<int> left, int count, List<BulkResult> results,
        CancellationToken cancellationToken)
    {
        string? problem = null;
        var again = new List<int>();
        var refused = new List<DeadLetter>();
        for (var i = 0; i < count; i++)
        {
            var (item, result) = (batch.Items[left[i]], results[i]);
            switch (result.Verdict)
            {
                case BulkVerdict.Stored:
                    stored(item.Position);
                    continue;
                case BulkVerdict.Refused:
                    refused.Add(Letter(batch, item, result));
                    continue;
                case BulkVerdict.TooManyFields when batch.TakeNumbersOut(item):
                    problem ??= "";
                    break;
                case BulkVerdict.TooManyFields:
                    refused.Add(Letter(batch, item, result));
                    continue;
                default:
                    if (result.Verdict == BulkVerdict.Pressed && string.IsNullOrEmpty(problem)) size.Pressed();
                    problem = BulkSentence.Of(client.Address, item.Index.Text, result);
                    break;
            }

            again.Add(left[i]);
        }

        left.RemoveRange(0, count);
        left.AddRange(again);
        await RefuseAsync(refused, cancellationToken).ConfigureAwait(false);
        return problem;
    }

    private async ValueTask RefuseAsync(List<DeadLetter> refused, CancellationToken cancellationToken)
    {
        if (refused.Count == 0) return;
        await letters.AddAsync(refused, cancellationToken).ConfigureAwait(false);
        foreach (var letter in refused) stored(letter.Position);
    }

    private static DeadLetter Letter(BulkBatch batch, BulkItem item, BulkResult result)
    {
        Span<byte> identity = stackalloc byte[RecordIdentity.LengthMax];
        var length = RecordIdentity.Format(item.Producer, item.Sequence, identity);
        return new DeadLetter
        {
            Position = item.Position,
            Identity = Encoding.ASCII.GetString(identity[..length]),
            Reason = result.Type.Length > 0 ? result.Type : $"status_{result.Status}",
            Problem = result.Reason,
            Target = item.Index.Text,
            Document = batch.Document(item).ToArray(),
        };
    }
}
