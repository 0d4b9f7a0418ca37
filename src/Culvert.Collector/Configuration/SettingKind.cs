namespace Culvert.Collector.Configuration;

/// <summary>How the text of a setting is read.</summary>
internal enum SettingKind
{
    Text,

    /// <summary>An array of texts; on the command line and in an environment variable separated by commas.</summary>
    TextList,

    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Bytes: <c>64MiB</c>; see <see cref="SizeText"/>.</summary>
    Size,

    /// <summary>A time span: <c>5s</c>; see <see cref="DurationText"/>.</summary>
    Duration,

    /// <summary>One of the setting's choices.</summary>
    Choice,

    /// <summary>An object of texts by name.</summary>
    TextMap,
}
