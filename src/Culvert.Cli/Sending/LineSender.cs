using Culvert.Collector.Inputs.Lines;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Cli.Sending;

/// <summary>Reads one stream of lines to its end and ships a record for each, stack traces joined. It waits when the
/// buffer of the shipper is full, and so does the program that writes the stream.</summary>
internal sealed class LineSender
{
    private const int ChunkBytes = 64 * 1024;

    private readonly LogShipper _shipper;
    private readonly SendResources _resources;
    private readonly LineSplitter _splitter = new();
    private readonly LineJoiner _joiner;
    private readonly LineRecordParser _parser;
    private readonly RecordDraft _draft = new();
    private readonly bool _isLive;

    public LineSender(LogShipper shipper, string service, string? file)
    {
        _shipper = shipper;
        _resources = new SendResources(service, file);
        _parser = new LineRecordParser(shipper.Time);
        _joiner = new LineJoiner(shipper.Time);
        // What a file holds was said at another time, which only its lines can know.
        _isLive = file is null;
    }

    public async Task SendAsync(Stream input, CancellationToken cancellation)
    {
        var chunk = new byte[ChunkBytes];
        var reading = input.ReadAsync(chunk, CancellationToken.None).AsTask();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!reading.IsCompleted && _joiner.DueIn is { } due)
            {
                // The last line of a quiet stream must not wait for the next one.
                await Task.WhenAny(reading, Task.Delay(due, cancellation));
                if (_joiner.IsDue) ShipHeld();
                continue;
            }

            var count = await reading;
            if (count == 0) break;
            Take(chunk.AsSpan(0, count));
            reading = input.ReadAsync(chunk, CancellationToken.None).AsTask();
        }

        TakeRest();
    }

    private void Take(ReadOnlySpan<byte> chunk)
    {
        while (_splitter.TryRead(ref chunk, out var line))
        {
            if (_joiner.Add(line.Text, 0, line.IsCut, out var record)) Ship(record);
        }
    }

    private void TakeRest()
    {
        if (_splitter.TryReadRest(out var line) && _joiner.Add(line.Text, 0, line.IsCut, out var record)) Ship(record);
        ShipHeld();
    }

    private void ShipHeld()
    {
        if (_joiner.TryFlush(out var record)) Ship(record);
    }

    private void Ship(in JoinedLine line)
    {
        _parser.Parse(line.Text, _draft, line.IsCut);
        if (_isLive && _draft.TimeNs == 0) _draft.TimeNs = UnixTime.NowNs(_shipper.Time);
        var resource = _resources.Of(_draft);
        var scratch = RecordScratch.Rent();
        _draft.WriteTo(scratch.Begin(), 0);
        _shipper.Sink.Commit(_draft.Severity, resource, scratch.Content);
        scratch.Return();
    }
}
