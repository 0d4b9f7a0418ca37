using System.Text;
using Culvert.Collector.Query.Fields;

namespace Culvert.Collector.Store;

/// <summary>Counts the values of one field, up to a limit of different ones. One thread at a time.</summary>
internal sealed class ValueCounter : IValueTest
{
    private readonly ByteDictionary _values = new();
    private long[] _counts = new long[64];
    private bool _any;

    public long Sampled { get; private set; }

    public long Having { get; private set; }

    public int Distinct => _values.Count;

    /// <summary>Begins a record; <see cref="EndRecord"/> ends it.</summary>
    public void BeginRecord() => _any = false;

    public void EndRecord()
    {
        Sampled++;
        if (_any) Having++;
    }

    /// <summary>Counts every value of the field; never has enough.</summary>
    public bool Test(scoped in FieldValue value)
    {
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        Add(value.Print(buffer));
        return false;
    }

    public void Add(ReadOnlySpan<byte> text, long records = 1)
    {
        _any = true;
        if (text.Length > StoreLimits.TopValueBytesMax) text = text[..StoreLimits.TopValueBytesMax];
        if (_values.Count >= StoreLimits.TopValuesTracked) return;
        var index = _values.GetOrAdd(text);
        if (index == _counts.Length) Array.Resize(ref _counts, index * 2);
        _counts[index] = index == _values.Count - 1 && _counts[index] == 0 ? records : _counts[index] + records;
    }

    public void Add(ValueCounter other)
    {
        for (var i = 0; i < other._values.Count; i++) Add(other._values[i], other._counts[i]);
        Sampled += other.Sampled;
        Having += other.Having;
    }

    public IReadOnlyList<ValueCount> Top(int count) =>
    [
        .. Enumerable.Range(0, _values.Count)
            .OrderByDescending(i => _counts[i])
            .Take(count)
            .Select(i => new ValueCount(Encoding.UTF8.GetString(_values[i]), _counts[i])),
    ];
}
