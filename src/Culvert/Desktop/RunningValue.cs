using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json.Serialization.Metadata;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Desktop;

/// <summary>
/// A value under a name in COM's Running Object Table, read by any program of the same user and rights. The value is an
/// IStream of the system, so a program in any language reads it without any library of ours.
/// </summary>
/// <remarks>
/// <para>For programs that speak COM anyway. A reader gets no notice of a change and no proof of who published: any
/// program of the user may register the same name. For everything else use a connection.</para>
/// <para>Any thread; calls may overlap.</para>
/// </remarks>
[SupportedOSPlatform("windows")]
public sealed class RunningValue<T> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly JsonTypeInfo<T> _type;
    private readonly RunningValueOptions _options;
    private uint? _cookie;
    private bool _disposed;

    private RunningValue(string name, JsonTypeInfo<T> type, RunningValueOptions options)
    {
        _name = name;
        _type = type;
        _options = options;
    }

    /// <summary>Publishes a value until the result is disposed of or this process ends. Throws
    /// <see cref="ArgumentException"/> for a value that is too long.</summary>
    /// <param name="name">Name of the value: 1 to 255 characters, the same in the programs that read it.</param>
    /// <param name="value">The first value.</param>
    /// <param name="type">How it is written as JSON.</param>
    /// <param name="options">Limits.</param>
    public static RunningValue<T> Publish(
        string name, T value, JsonTypeInfo<T> type, RunningValueOptions? options = null)
    {
        CheckName(name, options ??= new());
        var published = new RunningValue<T>(name, type, options);
        published.Update(value);
        return published;
    }

    /// <summary>Reads the value of a name; the result is false in HasValue when nobody publishes it. Throws
    /// <see cref="ConnectionException"/>: TimedOut when the program that publishes does not answer; ProtocolViolation
    /// for what is no such value.</summary>
    public static async ValueTask<(bool HasValue, T? Value)> ReadAsync(
        string name, JsonTypeInfo<T> type, RunningValueOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        CheckName(name, options ??= new());
        var bytes = await RunningReads.ReadAsync(ItemOf(name), options, cancellationToken).ConfigureAwait(false);
        return bytes is null ? (false, default) : (true, ValueText.Read(bytes, type, options.BytesMax));
    }

    /// <summary>Replaces the value. A reader gets the old one or the new one, whole.</summary>
    public void Update(T value)
    {
        var bytes = ValueText.Write(value, _type, _options.BytesMax);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            try
            {
                using var stream = ComStream.Create(bytes);

                // The new one first, so that the name is never without a value.
                var cookie = RunningObjects.Register(ItemOf(_name), stream);
                if (_cookie is { } old) RunningObjects.Revoke(old);
                _cookie = cookie;
            }
            catch (COMException e)
            {
                throw new ConnectionException(
                    ConnectionError.System, $"'{_name}' was not published: {e.Message} (0x{e.HResult:X8}).", e);
            }
        }
    }

    /// <summary>Takes the value back. Idempotent.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_cookie is { } cookie) RunningObjects.Revoke(cookie);
            _cookie = null;
        }
    }

    private static string ItemOf(string name) => $"Culvert.{name}";

    private static void CheckName(string name, RunningValueOptions options)
    {
        DesktopOnly.Check("The Running Object Table");
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, DesktopLimits.NameLengthMax, nameof(name));
        options.Check();
    }
}
