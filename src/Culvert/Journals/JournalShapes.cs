namespace Culvert.Journals;

/// <summary>The shapes of a journal as its reader knows them: the program adds some while it runs.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class JournalShapes(JournalFile file)
{
    private readonly List<JournalShape> _shapes = [];
    private int _bytes;

    /// <summary>The shape of a number, from 1 on, or null for one that the program has not written.</summary>
    public JournalShape? Find(uint number)
    {
        if (number > _shapes.Count) Read();
        return number <= _shapes.Count ? _shapes[(int)number - 1] : null;
    }

    private void Read()
    {
        var bytes = file.ReadField(JournalLayout.ShapesBytesOffset);
        if (bytes < (ulong)_bytes || bytes > JournalLayout.ShapesBytesMax)
            throw file.Damaged("has shapes of records longer than their place");
        var added = new byte[(int)bytes - _bytes];
        file.Read(JournalLayout.ShapesOffset + _bytes, added);
        for (var at = 0; at < added.Length;)
        {
            if (_shapes.Count == JournalLimits.ShapeCountMax || !JournalShape.TryRead(added, ref at, out var shape))
                throw file.Damaged("has shapes of records that cannot be read");
            _shapes.Add(shape);
        }

        _bytes = (int)bytes;
    }
}
