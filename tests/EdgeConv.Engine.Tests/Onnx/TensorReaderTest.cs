using EdgeConv.Core;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

public class TensorReaderTest
{
    private static TensorProto Proto(int type, params long[] dimensions)
    {
        TensorProto proto = new() { DataType = type };
        proto.Dims.AddRange(dimensions);
        return proto;
    }

    private static Tensor Read(TensorProto proto) => TensorReader.Read(proto, "t");

    private static ModelError Refusal(TensorProto proto) => Assert.Throws<ModelError>(() => Read(proto));

    [Fact]
    public void Raw_data_is_little_endian_in_row_major_order()
    {
        TensorProto proto = Proto(1, 2, 1);
        proto.RawData = ByteString.CopyFrom(0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0);
        Tensor tensor = Read(proto);
        Assert.Equal(new Shape(2, 1), tensor.Shape);
        Assert.Equal([1f, -2f], tensor.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Narrow_types_lie_in_the_list_of_32_bit_integers()
    {
        TensorProto signed = Proto(3, 2);
        signed.Int32Data.Add([-128, 127]);
        Assert.Equal([(sbyte)-128, (sbyte)127], Read(signed).AsSpan<sbyte>().ToArray());
        TensorProto unsigned = Proto(2, 1);
        unsigned.Int32Data.Add(255);
        Assert.Equal([(byte)255], Read(unsigned).AsSpan<byte>().ToArray());
        TensorProto flags = Proto(9, 2);
        flags.Int32Data.Add([1, 0]);
        Assert.Equal([true, false], Read(flags).AsSpan<bool>().ToArray());
    }

    [Fact]
    public void Every_type_of_ours_is_read_from_its_own_list()
    {
        TensorProto doubles = Proto(11, 1);
        doubles.DoubleData.Add(.1);
        Assert.Equal([.1], Read(doubles).AsSpan<double>().ToArray());
        TensorProto longs = Proto(7, 1);
        longs.Int64Data.Add(long.MinValue);
        Assert.Equal([long.MinValue], Read(longs).AsSpan<long>().ToArray());
        TensorProto integers = Proto(6);
        integers.Int32Data.Add(-7);
        Assert.Equal([-7], Read(integers).AsSpan<int>().ToArray());
    }

    [Fact]
    public void A_tensor_without_elements_needs_no_data()
    {
        Tensor tensor = Read(Proto(7, 0));
        Assert.Equal(new Shape(0), tensor.Shape);
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        TensorProto proto = Proto(3, 1);
        proto.Int32Data.Add(128);
        Assert.Equal("t: value 128 does not fit int8", Refusal(proto).Message);
        TensorProto flag = Proto(9, 1);
        flag.RawData = ByteString.CopyFrom(2);
        Assert.Equal("t: bool data must be 0 or 1", Refusal(flag).Message);
    }

    [Fact]
    public void More_elements_than_data_are_refused_before_memory_is_taken()
    {
        TensorProto raw = Proto(1, 1 << 15, 1 << 15);
        raw.RawData = ByteString.CopyFrom(1, 2, 3, 4);
        Assert.Equal("t: 4 bytes of data, float32[32768,32768] takes 4294967296", Refusal(raw).Message);
        TensorProto list = Proto(1, 1 << 15, 1 << 15);
        Assert.Equal("t: 0 values, shape [32768,32768] takes 1073741824", Refusal(list).Message);
    }

    [Fact]
    public void Dimensions_that_overflow_or_are_negative_are_refused()
    {
        Assert.Contains("more than", Refusal(Proto(1, 1L << 30, 1L << 30)).Message, StringComparison.Ordinal);
        Assert.Contains("-1", Refusal(Proto(1, -1)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "dimension 0", Refusal(Proto(1, long.MaxValue, 0)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "at most 16",
            Refusal(Proto(1, [.. Enumerable.Repeat(1L, 17)])).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, "t: float16 is not supported", true)]
    [InlineData(8, "t: string is not supported", true)]
    [InlineData(0, "t: element type 0 does not exist", false)]
    [InlineData(99, "t: element type 99 does not exist", false)]
    public void Other_types_are_named(int type, string message, bool unsupported)
    {
        ModelError error = Refusal(Proto(type, 1));
        Assert.Equal((message, unsupported), (error.Message, error.IsUnsupported));
    }

    [Fact]
    public void Data_in_other_files_and_data_given_twice_are_refused()
    {
        TensorProto external = Proto(1, 1);
        external.DataLocation = 1;
        Assert.True(Refusal(external).IsUnsupported);
        TensorProto twice = Proto(1, 1);
        twice.FloatData.Add(1);
        twice.RawData = ByteString.CopyFrom(0, 0, 0, 0);
        Assert.Contains("given twice", Refusal(twice).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_file_has_a_name_and_content()
    {
        TensorProto proto = Proto(1, 1);
        proto.Name = "input";
        proto.FloatData.Add(3);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, proto.ToByteArray());
            (string name, Tensor tensor) = TensorFile.Read(path);
            Assert.Equal(("input", 3f), (name, tensor.AsSpan<float>()[0]));
            File.WriteAllBytes(path, [0xFF, 0xFF]);
            DataError error = Assert.Throws<DataError>(() => TensorFile.Read(path));
            Assert.StartsWith($"{path}: broken", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
