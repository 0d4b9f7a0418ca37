namespace Culvert.Transports.Windows;

/// <summary>The error numbers of winerror.h that are told apart here.</summary>
internal static class Win32Error
{
    public const int AccessDenied = 5;
    public const int InvalidWindowHandle = 1400;
    public const int ClassAlreadyExists = 1410;
    public const int Timeout = 1460;
}
