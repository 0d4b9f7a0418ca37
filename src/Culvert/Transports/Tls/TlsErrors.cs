using Culvert.Connections;

namespace Culvert.Transports.Tls;

/// <summary>Says in a sentence why TLS failed. OpenSSL's own words tell the cases apart; what has none of them is
/// quoted.</summary>
internal static class TlsErrors
{
    public static ConnectionException Handshake(TlsPeerCheck check, TlsWire wire, string peer, Exception failure)
    {
        if (check.Problem is { } problem) return new ConnectionException(ConnectionError.NotTrusted, problem, failure);
        var text = Words(failure);
        if (Alert(text, peer) is { } alert) return new ConnectionException(ConnectionError.NotAllowed, alert, failure);
        if (Has(text, "unsupported protocol") || Has(text, "protocol version") || Has(text, "no protocols available"))
        {
            return new ConnectionException(
                ConnectionError.ProtocolViolation,
                $"{peer} speaks an older version than TLS 1.3; let it speak 1.3.", failure);
        }

        if (wire.HasEnded || failure.GetBaseException() is ConnectionException)
        {
            return new ConnectionException(
                ConnectionError.Closed,
                $"{peer} ended the connection in the handshake; its own log says why.", failure);
        }

        return new ConnectionException(
            ConnectionError.ProtocolViolation,
            $"{peer} does not speak TLS as this side does ({text}); see that both use tls://.", failure);
    }

    /// <summary>What the peer said was wrong with this side, or null when it said nothing.</summary>
    public static string? Alert(Exception failure, string peer) => Alert(Words(failure), peer);

    /// <summary>The innermost error's own words.</summary>
    public static string Words(Exception failure) => failure.GetBaseException().Message.TrimEnd('.');

    private static string? Alert(string text, string peer)
    {
        if (!Has(text, "alert")) return null;
        if (Has(text, "certificate required"))
            return $"{peer} demands a certificate; give this side one by cert=FILE and key=FILE.";
        if (Has(text, "protocol version"))
            return $"{peer} does not speak TLS 1.3; let it speak 1.3.";
        if (Has(text, "expired")) return $"{peer} says that this side's certificate expired; give it a new one.";
        if (Has(text, "revoked")) return $"{peer} says that this side's certificate was revoked; give it a new one.";
        if (Has(text, "certificate") || Has(text, "unknown ca") || Has(text, "access denied"))
        {
            return $"{peer} does not admit this side's certificate; see that its authority is trusted there and its "
                + "name allowed.";
        }

        return $"{peer} refused the handshake ({text}); its own log says why.";
    }

    private static bool Has(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
}
