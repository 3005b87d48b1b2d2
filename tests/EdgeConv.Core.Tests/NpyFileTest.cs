using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace EdgeConv.Core.Tests;

public sealed class NpyFileTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-npy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_version_s_array_has_its_shape_and_values(byte version)
    {
        using Tensor tensor = NpyFile.Read(Write(version, "<f4", "(2, 3)", [.. Floats(1, 2, 3, 4, 5, 6)]));
        Assert.Equal(new Shape(2, 3), tensor.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensor.AsSpan<float>());
    }

    [Fact]
    public void Scalars_rows_and_nothing_are_arrays_too()
    {
        using Tensor scalar = NpyFile.Read(Write(1, "<f4", "()", [.. Floats(7)]));
        Assert.Equal((0, 7f), (scalar.Shape.Rank, scalar.AsSpan<float>()[0]));
        using Tensor row = NpyFile.Read(Write(1, "|u1", "(3,)", [1, 2, 3]));
        Assert.Equal([1, 2, 3], row.AsSpan<byte>().ToArray());
        using Tensor empty = NpyFile.Read(Write(1, "<i8", "(0, 4)", []));
        Assert.Equal(0, empty.Length);
    }

    [Theory]
    [InlineData("<f4", "(4,)", "False", 15, "15 bytes of elements; [4] takes 16")]
    [InlineData("<f4", "(4,)", "False", 17, "17 bytes of elements; [4] takes 16")]
    [InlineData("<f4", "(4,)", "True", 16, "is in Fortran order; numpy.ascontiguousarray makes C order of it")]
    [InlineData(">f4", "(4,)", "False", 16, "holds '>f4'; known are <f4, <f8, <i4, <i8, |i1, |u1, |b1")]
    [InlineData("|O", "(4,)", "False", 16, "holds '|O'; known are <f4, <f8, <i4, <i8, |i1, |u1, |b1")]
    [InlineData("<f4", "(-1,)", "False", 0, "its shape is (-1,)")]
    [InlineData("<f4", "(a,)", "False", 0, "its shape is (a,)")]
    [InlineData("<f4", "5", "False", 0, "its header does not say type, order and shape")]
    [InlineData("<f4", "(99999999999,)", "False", 0, null)]
    [InlineData("<f4", "(2000000000, 2000000000)", "False", 0, null)]
    public void What_does_not_fit_is_refused_in_one_line(
        string type, string shape, string isFortran, int bytes, string? problem)
    {
        string path = Write(1, type, shape, new byte[bytes], isFortran);
        string message = Assert.Throws<DataError>(() => NpyFile.Read(path)).Message;
        Assert.StartsWith($"{path}: ", message, StringComparison.Ordinal);
        if (problem is not null)
            Assert.Equal($"{path}: {problem}", message);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Write(1, "<f4", "(2, 3)", new byte[24]));
        for (int length = 0; length < whole.Length; length++)
        {
            string path = Path.Combine(_folder, "cut.npy");
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<DataError>(() => NpyFile.Read(path));
        }
    }

    [Fact]
    public void A_folder_and_what_is_not_there_are_named()
    {
        Assert.Equal($"{_folder}: is a folder; a file is needed",
            Assert.Throws<DataError>(() => NpyFile.Read(_folder)).Message);
        Assert.Equal("/none.npy: is not there; a file is needed",
            Assert.Throws<DataError>(() => NpyFile.Read("/none.npy")).Message);
    }

    private string Write(byte version, string type, string shape, byte[] elements, string isFortran = "False")
    {
        byte[] header = Encoding.ASCII.GetBytes(
            $"{{'descr': '{type}', 'fortran_order': {isFortran}, 'shape': {shape}, }}\n");
        byte[] length = new byte[version == 1 ? 2 : 4];
        if (version == 1)
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        else
            BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        string path = Path.Combine(_folder, "a.npy");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, version, 0, .. length, .. header, .. elements]);
        return path;
    }

    private static IEnumerable<byte> Floats(params float[] values) => values.SelectMany(BitConverter.GetBytes);
}
