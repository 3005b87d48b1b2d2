using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class TemporaryFileTest : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-replace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_a_link_leads_to_is_replaced_and_the_link_stays()
    {
        Directory.CreateDirectory(PathOf("kept"));
        File.WriteAllBytes(PathOf("kept/file"), [1]);
        File.CreateSymbolicLink(PathOf("between"), "kept/file");
        File.CreateSymbolicLink(PathOf("link"), PathOf("between"));
        TemporaryFile.Replace(PathOf("link"), [2, 3]);
        Assert.Equal(PathOf("between"), new FileInfo(PathOf("link")).LinkTarget);
        Assert.Equal("kept/file", new FileInfo(PathOf("between")).LinkTarget);
        Assert.Equal<byte>([2, 3], File.ReadAllBytes(PathOf("kept/file")));
        Assert.Equal([PathOf("kept/file")], Directory.GetFiles(PathOf("kept")));
    }

    [Fact]
    public void A_link_to_nothing_gets_its_file()
    {
        File.CreateSymbolicLink(PathOf("link"), "later");
        TemporaryFile.Replace(PathOf("link"), [4]);
        Assert.Equal("later", new FileInfo(PathOf("link")).LinkTarget);
        Assert.Equal<byte>([4], File.ReadAllBytes(PathOf("later")));
    }

    [Fact]
    public void Links_in_a_circle_are_an_error_of_the_file()
    {
        File.CreateSymbolicLink(PathOf("a"), "b");
        File.CreateSymbolicLink(PathOf("b"), "a");
        Assert.Throws<IOException>(() => TemporaryFile.Replace(PathOf("a"), [5]));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void What_is_replaced_keeps_its_mode_and_another_file_can_get_it()
    {
        File.WriteAllBytes(PathOf("file"), [1]);
        File.SetUnixFileMode(PathOf("file"), Private);
        TemporaryFile.Replace(PathOf("file"), [2]);
        TemporaryFile.Replace(PathOf("other"), [3], like: PathOf("file"));
        Assert.Equal((Private, Private), (File.GetUnixFileMode(PathOf("file")), File.GetUnixFileMode(PathOf("other"))));
    }

    [Fact]
    public void What_root_replaces_stays_its_owner_s()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives files to others");
        FilePermissions foreign = new(Private, 1234, 2345);
        using (FileStream file = File.Create(PathOf("file")))
            foreign.GiveTo(file.SafeFileHandle);
        TemporaryFile.Replace(PathOf("file"), [2]);
        Assert.Equal(foreign, FilePermissions.Of(PathOf("file")));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
