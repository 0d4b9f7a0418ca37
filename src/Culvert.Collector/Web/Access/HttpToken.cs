using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Web.Access;

/// <summary>
/// The secret that admits whoever the kernel cannot vouch for. Made at the first start and kept beside the data,
/// readable by the owner alone.
/// </summary>
/// <remarks>Immutable. Any thread.</remarks>
internal sealed class HttpToken
{
    public const string FileName = "http-token";

    private const int TokenBytes = 32;
    private const int TextLength = 43;

    private readonly byte[] _text;

    private HttpToken(string text) => _text = Encoding.ASCII.GetBytes(text);

    /// <summary>The token as it is sent.</summary>
    public string Text => Encoding.ASCII.GetString(_text);

    /// <summary>Reads the token of a data folder, or makes one.</summary>
    public static HttpToken LoadOrCreate(string dataFolder, ILogger logger)
    {
        var file = Path.Combine(dataFolder, FileName);
        if (TryRead(dataFolder, out var text))
        {
            WarnIfOpen(file, logger);
            return new HttpToken(text);
        }

        text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        Write(file, text);
        HttpLog.TokenMade(logger, file);
        return new HttpToken(text);
    }

    /// <summary>Reads the token of a data folder, as the command line does; false when there is none that is
    /// whole.</summary>
    public static bool TryRead(string dataFolder, out string text)
    {
        try
        {
            text = File.ReadAllText(Path.Combine(dataFolder, FileName)).Trim();
            return text.Length == TextLength && Base64Url.IsValid(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            text = "";
            return false;
        }
    }

    /// <summary>Compares in a time that does not tell how much was right.</summary>
    public bool Matches(ReadOnlySpan<char> candidate)
    {
        Span<byte> bytes = stackalloc byte[TextLength];
        if (candidate.Length != TextLength || !Ascii.IsValid(candidate)) return false;
        Encoding.ASCII.GetBytes(candidate, bytes);
        return CryptographicOperations.FixedTimeEquals(bytes, _text);
    }

    /// <summary>
    /// What the browser keeps after the token was given once: a proof that ends, not the token. Cookies are shared by
    /// all ports of a host, so another program's page on localhost may come to see it.
    /// </summary>
    public string IssueSession(DateTimeOffset expires)
    {
        var end = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{end}.{Sign(end)}";
    }

    public bool IsSession(string session, DateTimeOffset now)
    {
        var dot = session.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || session.Length > 100) return false;
        var end = session[..dot];
        var signature = Encoding.UTF8.GetBytes(session[(dot + 1)..]);
        return CryptographicOperations.FixedTimeEquals(signature, Encoding.UTF8.GetBytes(Sign(end)))
            && long.TryParse(end, CultureInfo.InvariantCulture, out var seconds)
            && seconds > now.ToUnixTimeSeconds();
    }

    private string Sign(string end) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_text, Encoding.UTF8.GetBytes($"culvert-session:{end}")));

    private static void Write(string file, string text)
    {
        // Under another name first, so that a crash leaves either a whole token or none.
        var temporary = $"{file}.{Environment.ProcessId}";
        var options =
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(text + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }

    private static void WarnIfOpen(string file, ILogger logger)
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(file) & Others) != 0) HttpLog.TokenIsOpen(logger, file);
    }
}
