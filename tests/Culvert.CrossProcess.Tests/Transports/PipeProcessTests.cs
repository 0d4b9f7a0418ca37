namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>pipe://</c> across processes, in a folder of their own: a killed child leaves its name.</summary>
public sealed class PipeProcessTests : TransportProcessTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-").FullName;

    protected override bool IsLocalKernel => true;

    protected override bool IsWindowsPipe => OperatingSystem.IsWindows();

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    protected override string NewEndpoint() => OperatingSystem.IsWindows()
        ? $"pipe://culvert-x-{Guid.NewGuid():N}"
        : $"pipe://{_folder}/{Guid.NewGuid():N}";
}
