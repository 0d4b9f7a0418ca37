using Culvert.Connections;

namespace Culvert.Transports.CopyData;

/// <summary>The name and the options of a <c>copydata://</c> endpoint, checked.</summary>
internal sealed class CopyDataName
{
    /// <summary>Class of the windows that listen; the name is their title.</summary>
    public const string ClassName = "Culvert.CopyData.Listener";

    private const string OptionIntegrity = "integrity";
    private const string OptionOwner = "owner";

    private CopyDataName(string title, bool admitsLowerIntegrity, string? owner)
    {
        Title = title;
        AdmitsLowerIntegrity = admitsLowerIntegrity;
        Owner = owner;
    }

    /// <summary>In lower case, since the system compares titles without regard to case.</summary>
    public string Title { get; }

    /// <summary>Messages of processes with fewer rights get through: <c>?integrity=any</c>.</summary>
    public bool AdmitsLowerIntegrity { get; }

    /// <summary>Whose listener a client takes beside its own user's: <c>?owner=name</c>.</summary>
    public string? Owner { get; }

    public static CopyDataName Of(Endpoint endpoint)
    {
        var name = endpoint.Address;
        if (name.Length is 0 or > CopyDataLimits.NameLengthMax || !name.All(IsNameCharacter))
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{name}' is no name for copydata://; use up to {CopyDataLimits.NameLengthMax} letters, digits, "
                + "'-', '_' and '.'.");
        }

        foreach (var (option, value) in endpoint.Options)
        {
            var isKnown = option == OptionOwner ? value.Length > 0 : option == OptionIntegrity && value == "any";
            if (isKnown) continue;
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{option}={value}' is no option of {endpoint}; there are integrity=any and owner=USER.");
        }

        return new CopyDataName(
            name.ToLowerInvariant(),
            endpoint.Options.ContainsKey(OptionIntegrity),
            endpoint.Options.GetValueOrDefault(OptionOwner));
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
