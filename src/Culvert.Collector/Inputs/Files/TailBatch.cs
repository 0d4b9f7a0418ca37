using System.Buffers;
using Culvert.Collector.Intake;

namespace Culvert.Collector.Inputs.Files;

/// <summary>A batch of one file on its way to the spool. Its bytes are kept until it is durable, so that it can be
/// given
/// again when the intake was full, whatever became of the file meanwhile.</summary>
/// <param name="tail">The file.</param>
/// <param name="producer">Who numbers the records.</param>
/// <param name="firstSequence">The first record's.</param>
/// <param name="position">Up to where the file is durable when this batch is; null when another batch says it.</param>
/// <param name="bytes">The batch.</param>
internal sealed class TailBatch(
    FileTail tail, ProducerId producer, ulong firstSequence, long? position, ArrayBufferWriter<byte> bytes)
{
    public FileTail Tail { get; } = tail;

    public ProducerId Producer { get; } = producer;

    public ulong FirstSequence { get; } = firstSequence;

    public long? Position { get; } = position;

    public ArrayBufferWriter<byte> Bytes { get; } = bytes;

    /// <summary>The intake's answer.</summary>
    public Task<IntakeResult> Answer { get; set; } = Task.FromResult(new IntakeResult(IntakeStatus.Full, 0));
}
