using System.Buffers.Text;
using Culvert.Collector.Intake;

namespace Culvert.Collector.Outputs;

/// <summary>Writes identities of many records; see <see cref="RecordIdentity"/>. What one has in common with the one
/// before, which is all but the sequence mostly, is not made again. One thread.</summary>
internal sealed class IdentityWriter
{
    private readonly byte[] _text = new byte[RecordIdentity.LengthMax];
    private ProducerId _producer;
    private int _sequenceAt;

    /// <summary>The text, in memory that is valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(ProducerId producer, ulong sequence)
    {
        if (_sequenceAt == 0 || producer != _producer)
        {
            _sequenceAt = RecordIdentity.FormatProducer(producer, _text);
            _producer = producer;
        }

        Utf8Formatter.TryFormat(sequence, _text.AsSpan(_sequenceAt), out var written, 'x');
        return _text.AsSpan(0, _sequenceAt + written);
    }
}
