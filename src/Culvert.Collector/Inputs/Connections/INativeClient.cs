using System.Buffers;
using Culvert.Collector.Intake;
using Culvert.Framing;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>What a <see cref="NativeSession"/> does with the frames of its client, once the first one said what kind of
/// client it is: a program, or another collector. One call at a time.</summary>
internal interface INativeClient
{
    /// <summary>Whoever it is, there is one session of it at a time.</summary>
    ProducerId Key { get; }

    /// <summary>Batches of it that are handed over and not durable yet; then it is not read.</summary>
    int InFlightBatchesMax { get; }

    /// <summary>Answers the first frame, once an older session of the same client has ended. Returns what an Ack says
    /// at least.</summary>
    ulong Welcome(IBufferWriter<byte> output);

    /// <summary>Handles a frame; false when it was the last.</summary>
    ValueTask<bool> HandleAsync(
        FrameHeader header, ReadOnlySequence<byte> payload, IntakePipeline pipeline, CancellationToken stopping);
}
