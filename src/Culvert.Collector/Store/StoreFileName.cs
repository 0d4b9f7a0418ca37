using System.Globalization;

namespace Culvert.Collector.Store;

/// <summary>The name of a store file: its number, by which files are ordered, and the day on which it was begun:
/// <c>00000012-20261122.store</c>.</summary>
internal readonly record struct StoreFileName(int Number, DateOnly Day) : IComparable<StoreFileName>
{
    public const string Extension = ".store";
    public const string DamagedExtension = ".damaged";
    private const int NumberDigits = 8;

    public static bool TryParse(string path, out StoreFileName name)
    {
        name = default;
        if (!string.Equals(Path.GetExtension(path), Extension, StringComparison.Ordinal)) return false;
        var stem = Path.GetFileNameWithoutExtension(path.AsSpan());
        if (stem.Length != NumberDigits + 9 || stem[NumberDigits] != '-') return false;
        if (!int.TryParse(stem[..NumberDigits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        if (!DateOnly.TryParseExact(stem[(NumberDigits + 1)..], "yyyyMMdd", out var day)) return false;
        name = new StoreFileName(number, day);
        return true;
    }

    /// <summary>The store's files in a folder, oldest first.</summary>
    public static List<StoreFileName> List(string folder)
    {
        var names = new List<StoreFileName>();
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            if (TryParse(path, out var name)) names.Add(name);
        }

        names.Sort();
        return names;
    }

    public string In(string folder) => Path.Combine(folder, ToString());

    public int CompareTo(StoreFileName other) => Number.CompareTo(other.Number);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Number:D8}-{Day:yyyyMMdd}{Extension}");
}
