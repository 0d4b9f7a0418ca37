using System.Globalization;
using System.Security.Cryptography;

namespace Culvert.Collector;

/// <summary>Which collector this is, for others that it relays to or that relay to it: 16 random bytes, made with the
/// data folder and kept in it.</summary>
internal static class CollectorIdentity
{
    public const string FileName = "collector-id";

    /// <summary>Reads the id, or makes one. The folder's lock is held.</summary>
    public static UInt128 Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path) && TryParse(File.ReadAllText(path), out var known)) return known;
        var fresh = BitConverter.ToUInt128(RandomNumberGenerator.GetBytes(16));
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(fresh.ToString("x32", CultureInfo.InvariantCulture) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return fresh;
    }

    /// <summary>The id of whatever has no folder of its own, by a name that stays: the same on each machine.</summary>
    public static UInt128 OfName(string name) =>
        BitConverter.ToUInt128(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    private static bool TryParse(string text, out UInt128 id) =>
        UInt128.TryParse(text.AsSpan().Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id)
        && id != 0;
}
