using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary>
/// The pump of this process and the one hidden window through which all its connections are reached; their keys tell
/// them apart.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class CopyDataHub
{
    private const string ClassName = "Culvert.CopyData.Connections";

    private static readonly Lazy<Task<CopyDataHub>> Lazy = new(OpenAsync);

    private readonly ConcurrentDictionary<UInt128, ICopyDataEnd> _ends = new();
    private MessageWindow _window = null!;

    private CopyDataHub()
    {
    }

    /// <summary>The hub of this process, opened when it is first asked for.</summary>
    public static Task<CopyDataHub> Shared => Lazy.Value;

    public MessagePump Pump { get; } = new("Culvert copydata pump");

    public nint Window => _window.Handle;

    public static UInt128 NewKey()
    {
        Span<byte> bytes = stackalloc byte[CopyDataLayout.KeyBytes];
        RandomNumberGenerator.Fill(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    /// <summary>A number that cannot be guessed and is not 0.</summary>
    public static ulong NewNumber() => (ulong)NewKey() | 1;

    /// <summary>Reads what lies behind WM_COPYDATA's lParam; false when it is none of ours.</summary>
    public static unsafe bool TryRead(nint lParam, out CopyDataMessage message)
    {
        message = default;
        var data = (User32.CopyData*)lParam;
        if (data is null || data->Tag != CopyDataLayout.Magic || data->Bytes is null) return false;
        if (data->Length > CopyDataLayout.MessageBytesMax) return false;
        return CopyDataMessage.TryRead(new ReadOnlySpan<byte>(data->Bytes, (int)data->Length), out message);
    }

    public void Add(UInt128 key, ICopyDataEnd end) => _ends[key] = end;

    public void Remove(UInt128 key) => _ends.TryRemove(key, out _);

    /// <summary>Lets processes of a lower integrity level send to the window. The keys still tell who may.</summary>
    public void AdmitLowerIntegrity() => AdmitLowerIntegrity(Window);

    /// <summary>The same for any window of ours.</summary>
    public static void AdmitLowerIntegrity(nint window)
    {
        _ = User32.ChangeWindowMessageFilterEx(window, User32.MessageCopyData, User32.FilterAllow, 0);
        for (var signal = CopyDataSignal.Room; signal <= CopyDataSignal.NotAllowed; signal++)
        {
            var message = User32.MessageApp + (uint)signal;
            _ = User32.ChangeWindowMessageFilterEx(window, message, User32.FilterAllow, 0);
        }
    }

    private static async Task<CopyDataHub> OpenAsync()
    {
        var hub = new CopyDataHub();
        hub._window = await hub.Pump.OpenAsync(ClassName, null, isTopLevel: false, hub.OnMessage).ConfigureAwait(false);
        return hub;
    }

    private bool OnMessage(uint message, nint wParam, nint lParam, out nint answer)
    {
        answer = 0;
        if (message == User32.MessageCopyData)
        {
            answer = (nint)new CopyDataAnswer(CopyDataCode.Gone).Encode();
            if (TryRead(lParam, out var read) && _ends.TryGetValue(read.Key, out var end))
            {
                answer = (nint)end.OnMessage(read, wParam);
            }

            return true;
        }

        var signal = (CopyDataSignal)(message - User32.MessageApp);
        if (message <= User32.MessageApp || signal > CopyDataSignal.NotAllowed) return false;
        var key = new UInt128((ulong)wParam, (ulong)lParam);
        if (_ends.TryGetValue(key, out var signalled)) signalled.OnSignal(signal);
        return true;
    }
}
