using System.Text;
using Culvert.Connections;
using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Relay;

/// <summary>What is wrong with a relay, in a sentence that says what to do.</summary>
internal static class RelaySentences
{
    private const int SaidBytesMax = 1_024;

    public static string NotConnected(string output, string endpoint, ConnectionException exception) =>
        exception.Error switch
    {
        ConnectionError.NobodyListens =>
            $"No collector listens at {endpoint}; start it, or mend outputs.{output}.endpoint.",
        ConnectionError.TimedOut =>
            $"The collector at {endpoint} did not answer in time; look whether it runs and can be reached.",
        ConnectionError.NotAllowed or ConnectionError.WrongOwner =>
            $"The collector at {endpoint} does not admit this user. {exception.Message}",
        ConnectionError.NotTrusted => $"TLS with the collector at {endpoint} failed. {exception.Message}",
        _ => $"The collector at {endpoint} cannot be reached. {exception.Message}",
    };

    /// <summary>A sentence of the other side, as it can be shown: it may be anything.</summary>
    public static string Said(ReadOnlySpan<byte> text)
    {
        var said = Encoding.UTF8.GetString(text[..Math.Min(text.Length, SaidBytesMax)]);
        return string.Concat(said.Select(c => char.IsControl(c) ? ' ' : c));
    }

    /// <summary>After an Error frame.</summary>
    public static string Refused(string endpoint, LogErrorCode code, string said) => code switch
    {
        LogErrorCode.None => $"The collector at {endpoint} does not know relays; update it to this version. It said: "
            + said,
        LogErrorCode.RelayNotAllowed => $"The collector at {endpoint} refused the relay. {said}",
        LogErrorCode.RelayLoop => said,
        LogErrorCode.Superseded => $"Another connection of this output came to the collector at {endpoint}; if that "
            + $"goes on, two collectors share one data folder's copy: delete {CollectorIdentity.FileName} in one.",
        LogErrorCode.Violation => $"The collector at {endpoint} cannot read what is relayed; update the older one of "
            + $"the two. It said: {said}",
        _ => $"The collector at {endpoint} takes no records now, and is asked again. It said: {said}",
    };

    public static string Circle(string output) =>
        $"Records come round in a circle: those that outputs.{output} would relay were relayed by it before; take it "
        + "out, or let it relay elsewhere.";

    public static string NoAnswer(string endpoint) =>
        $"What listens at {endpoint} did not answer a relay within {ShippingLimits.WelcomeTimeout.TotalSeconds:0} s; "
        + "name an input of the type listen of another collector.";

    public static string NoCollector(string output, string endpoint) =>
        $"What answers at {endpoint} is no Culvert collector; mend outputs.{output}.endpoint.";

    public static string Silent(string endpoint) =>
        $"The collector at {endpoint} acknowledged nothing for a minute; look whether its disk is full.";

    public static string EndedEarly(string endpoint, string? reason) =>
        $"What listens at {endpoint} ended the connection before its first word; its log says why. Over TLS it may "
        + $"want another certificate of this side: see that its authority is trusted there and its name "
        + $"allowed. {reason}".TrimEnd();

    public static string Ended(string endpoint, string? reason) =>
        $"The connection to the collector at {endpoint} ended; it is dialled again. {reason}".TrimEnd();
}
