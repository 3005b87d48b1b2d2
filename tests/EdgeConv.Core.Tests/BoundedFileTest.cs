using System.Diagnostics;
using Xunit;

namespace EdgeConv.Core.Tests;

public sealed class BoundedFileTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-files-").FullName;

    public static bool IsOrdinaryUser => Environment.UserName != "root";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_read_and_one_byte_too_many_is_refused()
    {
        string path = Write("a.txt", "12345");
        Assert.Equal("12345", BoundedFile.ReadText("key", path, 5));
        Assert.Equal($"key: {path} holds more than 4 bytes",
            Assert.Throws<ConfigError>(() => BoundedFile.ReadText("key", path, 4)).Message);
    }

    [Fact]
    public void What_is_no_file_is_named_without_being_opened()
    {
        string pipe = Path.Combine(_folder, "pipe");
        using (Process process = Process.Start("mkfifo", pipe))
            process.WaitForExit();
        string gone = Path.Combine(_folder, "gone");
        Assert.Equal($"{pipe}: is a pipe, a device or a socket; a file is needed", ProblemOf(pipe));
        Assert.Equal("/dev/zero: is a pipe, a device or a socket; a file is needed", ProblemOf("/dev/zero"));
        Assert.Equal($"{_folder}: is a folder; a file is needed", ProblemOf(_folder));
        Assert.Equal($"{gone}: is not there; a file is needed", ProblemOf(gone));
        Assert.Equal([true, true, true, false],
            new[] { pipe, "/dev/zero", _folder, gone }.Select(BoundedFile.IsTaken));
    }

    [Fact]
    public void Links_lead_to_the_same_file_and_a_copy_does_not()
    {
        string file = Write("a.txt", "a");
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, file);
        Assert.Null(BoundedFile.WhyNoFile(link));
        Assert.True(BoundedFile.AreSame(file, link));
        Assert.False(BoundedFile.AreSame(file, Write("b.txt", "a")));
        Assert.False(BoundedFile.AreSame(file, Path.Combine(_folder, "gone")));
    }

    [Fact(SkipUnless = nameof(IsOrdinaryUser), Skip = "root may read every file")]
    public void A_file_without_permission_is_named()
    {
        string path = Write("secret", "x");
        File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Contains(path, ProblemOf(path), StringComparison.Ordinal);
    }

    private static string ProblemOf(string path) =>
        Assert.Throws<ConfigError>(() => BoundedFile.ReadText(path, path, 100)).Message;

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
