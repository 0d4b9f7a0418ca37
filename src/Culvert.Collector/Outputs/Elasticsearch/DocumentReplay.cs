using System.Buffers;
using System.Text.Json;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Records;

namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>Sends a document that a search server refused again to its index, under its identity: it is there once,
/// however often it is sent.</summary>
internal static class DocumentReplay
{
    /// <summary>Throws <see cref="OutputException"/> with the server's words when it is not taken.</summary>
    public static async Task SendAsync(
        ElasticsearchClientOptions options, KeptLetter letter, CancellationToken cancellationToken)
    {
        var results = new List<BulkResult>();
        try
        {
            using var client = new ElasticsearchClient(options);
            var answer = await client.SendAsync(
                HttpMethod.Post, BulkAnswer.Path, Body(letter), ElasticsearchClient.Lines, cancellationToken)
                .ConfigureAwait(false);
            if (!answer.IsSuccess) throw ElasticsearchErrors.Refused(answer, "take the document");
            if (!BulkAnswer.TryRead(answer.Body, 1, results))
                throw new OutputException($"What answers at {answer.Address} is no search server; mend urls.");
        }
        catch (ElasticsearchException exception)
        {
            throw new OutputException(exception.Message, exception);
        }

        if (results is [{ Verdict: not BulkVerdict.Stored } refused])
            throw new OutputException($"The server refused it again ({refused.Type}): {refused.Reason}");
    }

    private static ReadOnlyMemory<byte> Body(KeptLetter letter)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, RecordJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("create"u8);
            json.WriteString("_index"u8, letter.Place);
            json.WriteString("_id"u8, letter.Identity);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        body.Write("\n"u8);
        body.Write(letter.Document.Span);
        body.Write("\n"u8);
        return body.WrittenMemory;
    }
}
