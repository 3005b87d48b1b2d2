using System.Security.Cryptography;
using Xunit;

namespace EdgeConv.Core.Tests;

public sealed class FileHashesTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-hashes-").FullName;

    private static string OldFile => typeof(object).Assembly.Location;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(200_000)]
    public void A_hash_is_that_of_the_content(int length)
    {
        byte[] content = new byte[length];
        new Random(1).NextBytes(content);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), FileHashes.Of(Write("a", content)));
    }

    [Fact]
    public void A_file_written_again_with_as_many_bytes_is_read_again()
    {
        string path = Path.Combine(_folder, "a");
        for (byte i = 0; i < 20; i++)
        {
            Write("a", [i]);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([i])), FileHashes.Of(path));
        }
    }

    [Fact]
    public void A_file_replaced_by_another_has_the_hash_of_the_other()
    {
        string path = Write("a", [1]), other = Write("b", [2]);
        string hash = FileHashes.Of(other);
        Assert.NotEqual(hash, FileHashes.Of(path));
        File.Move(other, path, overwrite: true);
        Assert.Equal(hash, FileHashes.Of(path));
    }

    [Fact]
    public void What_is_kept_of_a_file_that_has_not_changed_for_a_while_is_not_read_again()
    {
        FileStamp stamp = FileStatus.Of(OldFile)!.Value.Stamp;
        FileHashes.Keep(stamp, "kept");
        Assert.Equal("kept", FileHashes.Of(OldFile));
        FileStamp fresh = FileStatus.Of(Write("a", [1]))!.Value.Stamp;
        FileHashes.Keep(fresh, "not kept");
        Assert.Null(FileHashes.Find(fresh));
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error() =>
        Assert.Throws<FileNotFoundException>(() => FileHashes.Of(Path.Combine(_folder, "gone")));

    [Fact]
    public unsafe void The_kernel_s_structures_have_its_sizes()
    {
        Assert.Equal(256, sizeof(FileStatus.StatusX));
        Assert.Equal(16, sizeof(FileStatus.Timestamp));
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
