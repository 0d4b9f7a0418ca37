using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// Speaks HTTP to a search server: one request, one answer, whole. It tries the next address when one cannot be
/// reached, and nothing again; what to do with an answer is the caller's. Any thread; calls may overlap.
/// </summary>
internal sealed class ElasticsearchClient : IDisposable
{
    public const string Json = "application/json";
    public const string Lines = "application/x-ndjson";

    private readonly ElasticsearchClientOptions _options;
    private readonly HttpClient _http;
    private readonly X509Certificate2Collection _authorities = [];
    private int _current;

    /// <summary>Throws <see cref="ElasticsearchException"/> when the file of authorities cannot be read.</summary>
    public ElasticsearchClient(ElasticsearchClientOptions options)
    {
        _options = options;
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = ElasticsearchLimits.ConnectWithin,
            MaxConnectionsPerServer = options.ConnectionsMax,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // An answer elsewhere is a proxy's or a login page, never the search server's.
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        if (options.AuthorityFile.Length > 0)
        {
            LoadAuthorities(options.AuthorityFile);
            handler.SslOptions.RemoteCertificateValidationCallback = IsTrusted;
        }

        _http = new HttpClient(handler, disposeHandler: true)
        {
            Timeout = options.Timeout, MaxResponseContentBufferSize = ElasticsearchLimits.AnswerBytesMax,
        };
        _http.DefaultRequestHeaders.Authorization = Credentials(options);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("culvert");
    }

    /// <summary>The address that is asked next.</summary>
    public Uri Address => _options.Addresses[Volatile.Read(ref _current)];

    /// <summary>Which server it is; throws <see cref="ElasticsearchException"/> with a sentence when none answers, it
    /// does not let us in, or is none of ours.</summary>
    public async Task<ElasticsearchFlavour> DetectAsync(CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, "/", default, Json, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess) throw ElasticsearchErrors.Refused(answer, "tell what it is");
        using var document = answer.Json();
        var flavour = ElasticsearchFlavour.Read(document.RootElement) ?? throw new ElasticsearchException(
            $"What answers at {answer.Address} is neither Elasticsearch nor OpenSearch. Look at the address.",
            answer.Status);
        return flavour.Problem is { } problem
            ? throw new ElasticsearchException($"At {answer.Address}: {problem}", answer.Status)
            : flavour;
    }

    /// <summary>Asks, whatever the status of the answer is. Throws <see cref="ElasticsearchException"/> with status 0
    /// when no address gives one.</summary>
    public async Task<ElasticsearchAnswer> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, string contentType,
        CancellationToken cancellationToken)
    {
        if (_options.Compress && body.Length >= CompressBytesMin) body = Compressed(body);
        ElasticsearchException? first = null;
        for (var i = 0; i < _options.Addresses.Count; i++)
        {
            var current = Volatile.Read(ref _current);
            var address = _options.Addresses[current];
            try
            {
                return await SendToAsync(address, method, path, body, contentType, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception exception) when (exception
                is HttpRequestException or IOException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested)
            {
                first ??= ElasticsearchErrors.Unreachable(address, exception, _options.Timeout);
                // Of several that see the same server fail one moves on.
                Interlocked.CompareExchange(ref _current, (current + 1) % _options.Addresses.Count, current);
            }
        }

        throw first!;
    }

    public Task<ElasticsearchAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, default, Json, cancellationToken);

    public void Dispose() => _http.Dispose();

    /// <summary>Below it compressing costs more than it saves.</summary>
    private const int CompressBytesMin = 1_400;

    private static AuthenticationHeaderValue? Credentials(ElasticsearchClientOptions options)
    {
        if (options.ApiKey.Length > 0) return new AuthenticationHeaderValue("ApiKey", options.ApiKey);
        if (options.BearerToken.Length > 0) return new AuthenticationHeaderValue("Bearer", options.BearerToken);
        if (options.User.Length == 0) return null;
        var pair = Encoding.UTF8.GetBytes($"{options.User}:{options.Password}");
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
    }

    private async Task<ElasticsearchAnswer> SendToAsync(
        Uri address, HttpMethod method, string path, ReadOnlyMemory<byte> body, string contentType,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, address.AbsolutePath.TrimEnd('/') + path));
        if (!body.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
            if (body.Span is [0x1F, 0x8B, ..]) request.Content.Headers.ContentEncoding.Add("gzip");
        }

        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var retryAfter = response.Headers.RetryAfter is { Delta: { } delta } ? delta : (TimeSpan?)null;
        return new ElasticsearchAnswer((int)response.StatusCode, content, retryAfter, address);
    }

    private static ReadOnlyMemory<byte> Compressed(ReadOnlyMemory<byte> body)
    {
        var output = new MemoryStream(body.Length / 4);
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body.Span);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    private void LoadAuthorities(string file)
    {
        try
        {
            _authorities.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception
            is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ElasticsearchException(
                $"The authorities in '{file}' cannot be read: {exception.Message}", 0, exception);
        }

        if (_authorities.Count == 0)
        {
            throw new ElasticsearchException(
                $"There is no certificate in '{file}'; name the PEM file of the authority that the server's is from.");
        }
    }

    private bool IsTrusted(
        object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (chain is not null) own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return own.Build(server);
    }
}
