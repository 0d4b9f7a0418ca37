namespace Culvert.Transports.Windows;

/// <summary>The error numbers of winerror.h that are told apart here.</summary>
internal static class Win32Error
{
    public const int FileNotFound = 2;
    public const int PathNotFound = 3;
    public const int AccessDenied = 5;
    public const int HandleEnd = 38;
    public const int BadNetworkPath = 53;
    public const int BrokenPipe = 109;
    public const int InvalidName = 123;
    public const int BadExecutable = 193;
    public const int PipeBusy = 231;
    public const int NoData = 232;
    public const int PipeNotConnected = 233;
    public const int MoreData = 234;
    public const int BadFolder = 267;
    public const int PipeConnected = 535;
    public const int ElevationRequired = 740;
    public const int OperationAborted = 995;
    public const int IoPending = 997;
    public const int InvalidWindowHandle = 1400;
    public const int ClassAlreadyExists = 1410;
    public const int Timeout = 1460;
}
