namespace Culvert.Collector.Configuration;

/// <summary>Finds what a person probably meant; source: Levenshtein's edit distance with transpositions (optimal string
/// alignment).</summary>
internal static class NearestName
{
    /// <summary>The candidate nearest to the text, or null when none is near enough to be worth saying.</summary>
    public static string? Find(string text, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(candidate => (candidate, distance: Distance(text.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return best.candidate is not null
            && best.distance <= Math.Max(2, best.candidate.Length / 3) ? best.candidate : null;
    }

    private static int Distance(string left, string right)
    {
        var cells = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) cells[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) cells[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = cells[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                cells[i, j] = Math.Min(replaced, Math.Min(cells[i - 1, j], cells[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    cells[i, j] = Math.Min(cells[i, j], cells[i - 2, j - 2] + 1);
            }
        }

        return cells[left.Length, right.Length];
    }
}
