using System.IO.Compression;
using EdgeConv.Core;
using EdgeConv.Daemon.Demo;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class DemoDataTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-demo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_idx_file_is_read()
    {
        IdxFile file = IdxFile.Read(Gzipped([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]));
        Assert.Equal(2, file.Count);
        Assert.Equal([4, 5, 6], file.Item(1).ToArray());
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 9, 1 })]
    [InlineData(new byte[] { 0, 0, 8, 1, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255 })]
    [InlineData(new byte[] { 1, 2, 3, 4, 5 })]
    public void A_damaged_idx_file_is_refused(byte[] content) =>
        Assert.Throws<DataError>(() => IdxFile.Read(Gzipped(content)));

    [Fact]
    public void Digits_are_scaled_to_eight_bits()
    {
        string line = string.Join(',', Enumerable.Repeat("16.0", 63)) + ",0.0,7";
        (byte[] pixels, string name) = Assert.Single(DigitsFile.Read(Gzipped(System.Text.Encoding.ASCII.GetBytes(line))));
        Assert.Equal("7", name);
        Assert.Equal(255, pixels[0]);
        Assert.Equal(0, pixels[63]);
    }

    private string Gzipped(byte[] content)
    {
        string path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        using FileStream file = File.Create(path);
        using GZipStream stream = new(file, CompressionMode.Compress);
        stream.Write(content);
        return path;
    }
}
