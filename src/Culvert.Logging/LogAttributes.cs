using Culvert.Records;

namespace Culvert.Logging;

/// <summary>The names of attributes that the provider itself writes; OpenTelemetry's where it has one, source:
/// opentelemetry.io/docs/specs/semconv/exceptions.</summary>
internal static class LogAttributes
{
    public const string ExceptionType = "exception.type";
    public const string ExceptionMessage = "exception.message";
    public const string ExceptionStackTrace = "exception.stacktrace";

    /// <summary>Of nearly every record.</summary>
    public static readonly AttributeKey EventId = new("event.id");

    /// <summary>The texts of the scopes around the call, from the outermost on, joined by <c> => </c>.</summary>
    public const string Scope = "scope";

    /// <summary>What went wrong while the record was made.</summary>
    public const string Note = "culvert.note";

    /// <summary>The key under which Microsoft.Extensions.Logging hands the message template.</summary>
    public const string OriginalFormat = "{OriginalFormat}";
}
