using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Gives equal origins and resources one <see cref="Source"/>, so that a source is decoded once. One
/// thread.</summary>
internal sealed class SourceTable
{
    private readonly ByteDictionary _keys = new();
    private readonly List<Source> _sources = [];
    private readonly RecordBuffer _key = new();
    private Source[] _resolved = [];

    /// <summary>The sources of a batch's resources, in an array that is valid until the next call.</summary>
    public Source[] Resolve(ReadOnlySpan<byte> origin, in RecordBatchReader batch)
    {
        if (_resolved.Length < batch.ResourceCount) _resolved = new Source[batch.ResourceCount * 2];
        for (var i = 0; i < batch.ResourceCount; i++) _resolved[i] = Resolve(origin, batch.Resource(i).Encoded);
        return _resolved;
    }

    private Source Resolve(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> resource)
    {
        _key.Clear();
        _key.WriteBytes(origin);
        _key.WriteBytes(resource);
        if (_sources.Count >= StoreLimits.SourcesCached)
        {
            _keys.Clear();
            _sources.Clear();
        }

        var index = _keys.GetOrAdd(_key.Written);
        if (index == _sources.Count) _sources.Add(Source.From(origin, resource));
        return _sources[index];
    }
}
