using System.Runtime.Versioning;
using System.Security.AccessControl;
using Culvert.Journals;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Journals;

/// <summary>Whose file a journal is, by its security descriptor, and how it is made.</summary>
[SupportedOSPlatform("windows")]
public sealed class WindowsJournalTests
{
    public WindowsJournalTests() => Assert.SkipUnless(OperatingSystem.IsWindows(), "Security descriptors of Windows.");

    [Theory]
    [InlineData("O:{0}D:P(A;;FA;;;{0})", true)]
    [InlineData("O:{0}D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;{0})", true)]
    [InlineData("O:{0}D:P(D;;FA;;;WD)(A;;FA;;;{0})", true)]
    [InlineData("O:{0}D:P", true)]
    [InlineData("O:{0}", false)]
    [InlineData("O:{0}D:P(A;;FA;;;{0})(A;;FR;;;WD)", false)]
    [InlineData("O:{0}D:P(A;;FA;;;{0})(A;;FR;;;AU)", false)]
    [InlineData("O:{0}D:P(A;;FA;;;{0})(A;;FR;;;S-1-5-21-1-2-3-1001)", false)]
    [InlineData("O:S-1-5-21-1-2-3-1001D:P(A;;FA;;;{0})", false)]
    [InlineData("O:BAD:P(A;;FA;;;{0})", false)]
    [InlineData("D:P(A;;FA;;;{0})", false)]
    public void IsOurs_Descriptor_IsThatOfThisUserAlone(string sddl, bool isOurs)
    {
        var user = WindowsAccess.CurrentUser().Value;
        var descriptor = new RawSecurityDescriptor(sddl.Replace("{0}", user, StringComparison.Ordinal));

        Assert.Equal(isOurs, WindowsJournals.IsOurs(descriptor));
    }

    [Fact]
    public void Create_FileAndFolder_BelongToThisUserAlone()
    {
        using var journal = new TestJournal();
        var user = WindowsAccess.CurrentUser();
        const AccessControlSections Parts = AccessControlSections.Owner | AccessControlSections.Access;
        var file = new FileInfo(journal.Path).GetAccessControl(Parts);
        var folder = new DirectoryInfo(journal.Folder).GetAccessControl(Parts);

        Assert.Null(JournalFolder.Problem(journal.Folder));
        Assert.All((FileSystemSecurity[])[file, folder], security =>
        {
            var found = new RawSecurityDescriptor(security.GetSecurityDescriptorBinaryForm(), 0);
            Assert.Equal(user, found.Owner);
            Assert.True(WindowsJournals.IsOurs(found));

            // Wine keeps a descriptor as the mode of the file, and adds the system to it.
            if (!Wine.IsHere) Assert.Single(found.DiscretionaryAcl!.Cast<GenericAce>());
        });
    }

    [Fact]
    public void TryOpen_FileOpenToOthers_IsNone()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "open.journal");
        var security = new FileSecurity();
        security.SetSecurityDescriptorSddlForm(
            $"O:{WindowsAccess.CurrentUser()}D:P(A;;FA;;;{WindowsAccess.CurrentUser()})(A;;FR;;;WD)");
        new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.FullControl, FileShare.None, 1, FileOptions.None, security).Dispose();

        Assert.Null(JournalReader.TryOpen(path));
    }

    [Fact]
    public void Prepare_FolderOpenToOthers_SaysSo()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "journals");
        var security = new DirectorySecurity();
        security.SetSecurityDescriptorSddlForm(
            $"O:{WindowsAccess.CurrentUser()}D:P(A;;FA;;;{WindowsAccess.CurrentUser()})(A;;FA;;;WD)");
        new DirectoryInfo(path).Create(security);

        var thrown = Assert.Throws<JournalException>(() => JournalFolder.Prepare(path));

        Assert.Contains("is open to other users", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryOpen_LinkOrFolderThroughALink_IsNone()
    {
        await Task.Yield(); // Under Wine a process does not end whose test skips before anything was awaited.
        Assert.SkipWhen(Wine.IsHere, "Wine 8 makes no reparse points.");
        using var journal = new TestJournal();
        var link = Path.Combine(journal.Folder, "link.journal");
        var folder = journal.Folder + "-link";
        try
        {
            File.CreateSymbolicLink(link, journal.Path);
            Directory.CreateSymbolicLink(folder, journal.Folder);
        }
        catch (IOException exception)
        {
            Assert.Skip($"This user may make no links: {exception.Message}");
        }

        Assert.Null(JournalReader.TryOpen(link));
        Assert.NotNull(JournalFolder.Problem(folder));
    }
}
