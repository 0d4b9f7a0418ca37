using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Culvert.Collector.Elasticsearch;

/// <summary>What went wrong with a search server, as sentences.</summary>
internal static class ElasticsearchErrors
{
    /// <summary>No answer came.</summary>
    public static ElasticsearchException Unreachable(Uri address, Exception exception, TimeSpan timeout)
    {
        var sentence = Find<SocketException>(exception) is { } socket
            ? socket.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData =>
                    $"The name of the search server {address} is not known; mend the address, or the resolution of "
                    + "names.",
                SocketError.ConnectionRefused =>
                    $"No search server listens at {address}; start it, or mend the address.",
                _ => $"The search server {address} cannot be reached: {socket.Message}.",
            }
            : Find<AuthenticationException>(exception) is { } tls
            ? $"TLS with the search server {address} failed: {tls.Message} Look at its certificate, and name the "
                + "authority that it is from."
            : exception is OperationCanceledException
            ? $"The search server {address} did not answer within {timeout.TotalSeconds:0} s; it may be overloaded."
            : $"The connection with the search server {address} was lost: {exception.Message}";
        return new ElasticsearchException(sentence, 0, exception);
    }

    /// <summary>An answer that is an error.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="what">What was asked of it: <c>take documents</c>.</param>
    public static ElasticsearchException Refused(ElasticsearchAnswer answer, string what) =>
        new(Sentence(answer, what), answer.Status);

    private static string Sentence(ElasticsearchAnswer answer, string what) => (HttpStatusCode)answer.Status switch
    {
        HttpStatusCode.Unauthorized =>
            $"The search server {answer.Address} refused the user, password, key or token; mend the credentials.",
        HttpStatusCode.Forbidden =>
            $"The search server {answer.Address} does not let this user {what}; grant the right. It says: "
            + answer.Reason,
        HttpStatusCode.TooManyRequests =>
            $"The search server {answer.Address} has too much to do and asks to wait.",
        HttpStatusCode.RequestEntityTooLarge =>
            $"The search server {answer.Address} takes no request of this size.",
        HttpStatusCode.ServiceUnavailable =>
            $"The search server {answer.Address} is not ready: {answer.Reason}",
        _ => $"The search server {answer.Address} would not {what}: {answer.Status} {answer.Reason}",
    };

    private static T? Find<T>(Exception exception)
        where T : Exception
    {
        for (var at = exception; at is not null; at = at.InnerException)
        {
            if (at is T found) return found;
        }

        return null;
    }
}
