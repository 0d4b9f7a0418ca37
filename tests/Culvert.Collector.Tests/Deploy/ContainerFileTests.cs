using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.Collector.Tests.Deploy;

/// <summary>What the container file says. It is built nowhere here: no tool for that is at hand.</summary>
public sealed partial class ContainerFileTests
{
    private readonly List<(string Word, string Text)> _instructions =
        Read(DeployedFiles.PathOf("container", "Dockerfile"));

    [Fact]
    public void Images_All_ArePinnedAndTheLastHasNoShell()
    {
        var images = Of("FROM").Select(rest => rest.Split(' ')[0]).ToList();
        Assert.Equal(2, images.Count);
        Assert.All(images, DeployedFiles.AssertPinned);
        Assert.EndsWith("-chiseled", images[^1], StringComparison.Ordinal);

        // A shell form there could not be run.
        var last = _instructions.FindLastIndex(instruction => instruction.Word == "FROM");
        Assert.DoesNotContain(_instructions.Skip(last), instruction => instruction.Word == "RUN");
    }

    [Fact]
    public void Image_AsMade_RunsWithoutRoot()
    {
        Assert.Equal(DeployedFiles.User, Assert.Single(Of("USER")));
        Assert.Contains(Of("COPY"), rest => rest.Contains(
            $"--chown={DeployedFiles.User}:{DeployedFiles.User} ", StringComparison.Ordinal)
            && rest.EndsWith(" /var/lib/culvert", StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_All_AreOnesThatTheCommandLineTakes()
    {
        Assert.Equal(["culvert"], Words(Assert.Single(Of("ENTRYPOINT"))));
        DeployedFiles.AssertCommandLine(Words(Assert.Single(Of("CMD"))));
        var health = Assert.Single(Of("HEALTHCHECK"));
        var command = Words(health[(health.IndexOf("CMD ", StringComparison.Ordinal) + 4)..]);
        Assert.Equal("culvert", command[0]);
        DeployedFiles.AssertCommandLine(command[1..]);
    }

    [Fact]
    public void Context_OfTheBuild_HasWhatTheProjectsRead()
    {
        var ignored = File.ReadAllLines(DeployedFiles.PathOf("container", "Dockerfile.dockerignore"));
        Assert.Equal("*", ignored[0]);
        foreach (var kept in ignored.Where(line => line.StartsWith('!')))
            Assert.True(Path.Exists(Path.Combine(DeployedFiles.Root, kept[1..])), $"{kept[1..]} is not there.");

        // Of what lies beside src, projects take what they name.
        var named = Directory.EnumerateFiles(
                Path.Combine(DeployedFiles.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(file => Outside().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Where(path => !path.StartsWith("Culvert", StringComparison.Ordinal));
        Assert.All(named, path => Assert.Contains(ignored, line =>
            line.StartsWith('!') && path.StartsWith(line[1..], StringComparison.Ordinal)));
    }

    [Fact]
    public void Project_ThatIsPublished_MakesTheProgramThatTheImageLinks()
    {
        var run = string.Join('\n', Of("RUN"));
        Assert.Contains("dotnet publish src/Culvert.Cli ", run, StringComparison.Ordinal);
        Assert.Contains("ln -s /app/Culvert.Cli ", run, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(DeployedFiles.Root, "src", "Culvert.Cli", "Culvert.Cli.csproj")));
    }

    private IEnumerable<string> Of(string word) => _instructions.Where(instruction => instruction.Word == word)
        .Select(instruction => instruction.Text);

    private static string[] Words(string json) => JsonSerializer.Deserialize<string[]>(json)!;

    private static List<(string Word, string Text)> Read(string path)
    {
        var lines = File.ReadAllLines(path).Where(line => !line.TrimStart().StartsWith('#'));
        var whole = string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal);
        return
        [
            .. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2))
                .Select(parts => (parts[0], parts[1].Trim())),
        ];
    }

    [GeneratedRegex("Include=\"\\.\\./\\.\\./([^\"]+)\"")]
    private static partial Regex Outside();
}
