using System.Runtime.CompilerServices;
using Culvert.Collector.Intake;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>
/// The one session of each producer. A client that lost its connection may be back before the collector saw the old one
/// end; batches of both, mixed, would make records pass for duplicates of higher ones. So the old session ends first.
/// </summary>
/// <remarks>One for all inputs of an intake, since a client may come back by another way. Any thread.</remarks>
internal sealed class ProducerSessions
{
    private static readonly ConditionalWeakTable<IIntake, ProducerSessions> ByIntake = [];

    private readonly Lock _gate = new();
    private readonly Dictionary<ProducerId, NativeSession> _sessions = [];

    public static ProducerSessions Of(IIntake intake) => ByIntake.GetOrCreateValue(intake);

    public async Task TakeOverAsync(ProducerId producer, NativeSession session)
    {
        while (true)
        {
            NativeSession? older;
            lock (_gate)
            {
                if (_sessions.TryAdd(producer, session)) return;
                older = _sessions[producer];
            }

            await older.SupersedeAsync().ConfigureAwait(false);
        }
    }

    public void Remove(ProducerId producer, NativeSession session)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(producer, out var current) && current == session) _sessions.Remove(producer);
        }
    }
}
