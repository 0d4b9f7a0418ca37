using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Collector.Inputs.Http;

/// <summary>The decompressed body of one request, in rented memory. Dispose gives the memory back.</summary>
internal sealed class HttpBody : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private readonly HttpBodyBudget _budget;
    private byte[] _bytes;
    private long _reserved;
    private int _length;

    private HttpBody(HttpBodyBudget budget)
    {
        _budget = budget;
        _bytes = [];
    }

    public HttpBodyStatus Status { get; private set; }

    /// <summary>Valid until the body is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    public static async ValueTask<HttpBody> ReadAsync(HttpContext context, HttpBodyBudget budget)
    {
        var body = new HttpBody(budget);
        body.Status = await body.FillAsync(context).ConfigureAwait(false);
        return body;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _budget.Release(_reserved);
        _bytes = [];
        _reserved = 0;
        _length = 0;
    }

    private async ValueTask<HttpBodyStatus> FillAsync(HttpContext context)
    {
        if (context.Request.ContentLength > HttpInputLimits.BodyBytesMax) return HttpBodyStatus.TooLarge;
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false }) limit.MaxRequestBodySize = HttpInputLimits.BodyBytesMax;
        var encoding = context.Request.Headers.ContentEncoding.ToString().Trim();
        var source = Decompress(context.Request.Body, encoding);
        if (source is null) return HttpBodyStatus.UnknownEncoding;
        try
        {
            return await ReadToEndAsync(source, context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException refused)
        {
            return refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? HttpBodyStatus.TooLarge
                : HttpBodyStatus.Broken;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or OperationCanceledException
            or ConnectionAbortedException or InvalidOperationException)
        {
            // BrotliStream reports broken data as an InvalidOperationException; the others are a cut or damaged stream.
            return HttpBodyStatus.Broken;
        }
        finally
        {
            if (!ReferenceEquals(source, context.Request.Body)) await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<HttpBodyStatus> ReadToEndAsync(Stream source, HttpContext context)
    {
        var hint = Math.Clamp(context.Request.ContentLength ?? FirstBytes, FirstBytes, HttpInputLimits.BodyBytesMax);
        if (!Grow((int)hint + 1)) return HttpBodyStatus.Busy;
        while (true)
        {
            var count = await source.ReadAsync(_bytes.AsMemory(_length), context.RequestAborted).ConfigureAwait(false);
            if (count == 0) return HttpBodyStatus.Read;
            _length += count;
            if (_length > HttpInputLimits.DecompressedBytesMax) return HttpBodyStatus.TooLarge;
            if (_length == _bytes.Length && !Grow(_length * 2)) return HttpBodyStatus.Busy;
        }
    }

    private bool Grow(int size)
    {
        if (!_budget.TryReserve(size - _reserved)) return false;
        _reserved = size;
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
        return true;
    }

    private static Stream? Decompress(Stream body, string encoding) => encoding.ToLowerInvariant() switch
    {
        "" or "identity" => body,
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress, leaveOpen: true),
        // RFC 9110, 8.4.1.2: 'deflate' is the zlib format.
        "deflate" => new ZLibStream(body, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true),
        _ => null,
    };
}
