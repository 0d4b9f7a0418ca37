namespace Culvert.Collector.Elasticsearch;

/// <summary>Makes options of what a person wrote: addresses, and secrets that stand in files.</summary>
internal static class ElasticsearchAccess
{
    /// <summary>Reads an address; throws <see cref="FormatException"/> with a sentence. A path before the server's own
    /// is kept, as behind a proxy.</summary>
    public static Uri ParseAddress(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new FormatException($"'{text}' is no address of a search server; write one like https://host:9200.");
        if (address.UserInfo.Length > 0)
        {
            throw new FormatException(
                $"The address of {address.Host} has a user in it, which would be shown wherever the address is; leave "
                + "it out, and write user and password apart.");
        }

        if (address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new FormatException($"'{text}' has something behind the path of a search server; leave it out.");
        return address;
    }

    /// <summary>Whether what is sent to it could be read on the way.</summary>
    public static bool IsOpen(Uri address) => address.Scheme == "http" && !address.IsLoopback;

    /// <summary>The secret itself, or what stands in the file; throws <see cref="ElasticsearchException"/> when it
    /// cannot be read.</summary>
    public static string Secret(string secret, string file)
    {
        if (secret.Length > 0 || file.Length == 0) return secret;
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ElasticsearchException(
                $"The secret in '{file}' cannot be read: {exception.Message}", 0, exception);
        }
    }
}
