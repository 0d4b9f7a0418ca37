using System.Buffers;
using Culvert.Transports.CopyData;
using Culvert.Transports.Links;

namespace Culvert.Tests.Transports.CopyData;

/// <summary>The surroundings of one end without any window: sections are arrays that both ends know.</summary>
internal sealed class FakeHome : ICopyDataHome, ICopyDataSections, ICopyDataOutbox
{
    private readonly byte[] _memory = new byte[CopyDataLimits.SectionBytes];

    /// <summary>The other end's memory; null when it cannot be reached.</summary>
    public FakeHome? Peer { get; set; }

    public bool HasLeft { get; private set; }

    public bool IsOffered { get; set; }

    public ICopyDataSections Sections => this;

    public ICopyDataOutbox Outbox => this;

    public void RunBehindMessages(Action work) => work();

    public void Tell(Action<ILinkEvents> what, ILinkEvents events) =>
        ThreadPool.UnsafeQueueUserWorkItem(what, events, preferLocal: false);

    public void Leave() => HasLeft = true;

    public ICopyDataSection? TryOpen(ulong handle, int bytes) => Peer is null ? null : new View(Peer._memory, bytes);

    public ulong? TryCreate() => 1;

    public bool TryWrite(in ReadOnlySequence<byte> bytes)
    {
        bytes.CopyTo(_memory);
        return true;
    }

    public void Dispose()
    {
    }

    private sealed class View(byte[] memory, int bytes) : ICopyDataSection
    {
        public ReadOnlySpan<byte> Bytes => memory.AsSpan(0, bytes);

        public void Dispose()
        {
        }
    }
}
