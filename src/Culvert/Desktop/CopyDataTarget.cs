using System.Runtime.Versioning;
using Culvert.Transports.Windows;

namespace Culvert.Desktop;

/// <summary>Which window a WM_COPYDATA message goes to. Looked up anew by each send.</summary>
public readonly record struct CopyDataTarget
{
    private readonly nint _handle;
    private readonly string? _className;
    private readonly string? _title;

    private CopyDataTarget(nint handle, string? className, string? title)
    {
        _handle = handle;
        _className = className;
        _title = title;
    }

    /// <summary>The window with this handle.</summary>
    public static CopyDataTarget ByHandle(nint window) => new(window, null, null);

    /// <summary>The first top-level window of this class.</summary>
    public static CopyDataTarget ByClass(string className)
    {
        ArgumentException.ThrowIfNullOrEmpty(className);
        return new(0, className, null);
    }

    /// <summary>The first top-level window with this title, whole, whatever its case.</summary>
    public static CopyDataTarget ByTitle(string title)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        return new(0, null, title);
    }

    /// <summary>The first top-level window of this class with this title.</summary>
    public static CopyDataTarget ByClassAndTitle(string className, string title)
    {
        ArgumentException.ThrowIfNullOrEmpty(className);
        ArgumentException.ThrowIfNullOrEmpty(title);
        return new(0, className, title);
    }

    /// <inheritdoc/>
    public override string ToString() => (_className, _title) switch
    {
        (null, null) => $"the window 0x{_handle:X}",
        (null, _) => $"a window titled '{_title}'",
        (_, null) => $"a window of the class '{_className}'",
        _ => $"a window of the class '{_className}' titled '{_title}'",
    };

    /// <summary>The window now, or 0.</summary>
    [SupportedOSPlatform("windows")]
    internal nint Find()
    {
        if (_className is null && _title is null) return User32.IsWindow(_handle) ? _handle : 0;
        return User32.FindWindow(0, 0, _className, _title);
    }
}
