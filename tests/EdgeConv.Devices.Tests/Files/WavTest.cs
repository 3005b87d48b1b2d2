using System.Buffers.Binary;
using CsCheck;
using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Files;

public sealed class WavTest
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void Integers_are_read_back_as_x_over_2_to_the_bits_minus_1(int bits) =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 40], Gen.Int, Gen.Bool).Holds(
            c =>
            {
                (int channels, int instants, int seed, bool isExtensible) = c;
                Random random = new(seed);
                long half = 1L << (bits - 1);
                long[] samples = [.. Enumerable.Range(0, channels * instants).Select(_ =>
                    random.NextInt64(-half, half))];
                byte[] data = [.. samples.SelectMany(sample =>
                    Bytes(bits == 8 ? sample + 128 : sample, bits / 8))];
                byte[] file = new WavFile()
                    .Format(isExtensible ? WavFile.Extensible : WavFile.Pcm, channels, 360, bits)
                    .Chunk("data", data).ToArray();
                Assert.Equal(samples.Select(sample => (float)((double)sample / half)), Read(file, channels));
            },
            100);

    [Fact]
    public void Floats_are_read_back() => Gen.Float.Where(float.IsFinite).Array[0, 30].Holds(
        values =>
        {
            byte[] data = [.. values.SelectMany(BitConverter.GetBytes)];
            Assert.Equal(values, Read(
                new WavFile().Format(WavFile.Float, 1, 48000, 32).Chunk("data", data).ToArray(), 1));
        },
        100);

    [Fact]
    public void Other_chunks_and_the_padding_of_odd_ones_are_passed_over()
    {
        byte[] file = new WavFile().Chunk("JUNK", new byte[7]).Format(WavFile.Pcm, 1, 8000, 8)
            .Chunk("LIST", new byte[1001]).Chunk("fact", new byte[4]).Chunk("data", [0, 128, 255])
            .Chunk("id3 ", new byte[5]).ToArray();
        Assert.Equal([-1f, 0, 127 / 128f], Read(file, 1));
    }

    [Fact]
    public void The_rate_is_the_header_s()
    {
        using WavReader reader = new("a.wav", new MemoryStream(Small(16)));
        Assert.Equal(16000, reader.RateHertz);
    }

    [Fact]
    public void Data_that_ends_early_is_reported_once_after_what_is_there()
    {
        byte[] whole = Small(16);
        for (int cut = 1; cut <= 16; cut++)
        {
            using WavReader reader = new("a.wav", new MemoryStream(whole[..^cut]));
            float[] value = new float[1];
            for (int i = 0; i < (16 - cut) / 2; i++)
                Assert.True(reader.TryRead(value));
            DataError error = Assert.Throws<DataError>(() => reader.TryRead(value));
            Assert.StartsWith("a.wav: ends ", error.Message, StringComparison.Ordinal);
            Assert.False(reader.TryRead(value));
        }
    }

    [Fact]
    public void Data_of_unknown_length_goes_to_the_end_of_the_file()
    {
        byte[] file = new WavFile().Format(WavFile.Pcm, 1, 16000, 16)
            .Chunk("data", [0, 64, 0, 192], uint.MaxValue).ToArray();
        Assert.Equal([0.5f, -0.5f], Read(file, 1));
    }

    [Fact]
    public void A_header_cut_anywhere_is_a_data_error()
    {
        byte[] whole = Small(16);
        for (int length = 0; length < 44; length++)
            Assert.Throws<DataError>(() => new WavReader("a.wav", new MemoryStream(whole[..length])));
    }

    [Theory]
    [InlineData(WavFile.Pcm, 0, 8000, 16, null)]
    [InlineData(WavFile.Pcm, 65535, 8000, 16, null)]
    [InlineData(WavFile.Pcm, 1, 0, 16, null)]
    [InlineData(WavFile.Pcm, 1, 8000, 12, null)]
    [InlineData(WavFile.Pcm, 1, 8000, 0, null)]
    [InlineData(WavFile.Pcm, 1, 8000, 64, null)]
    [InlineData(WavFile.Float, 1, 8000, 64, null)]
    [InlineData(WavFile.Pcm, 2, 8000, 16, 6)]
    [InlineData((ushort)7, 1, 8000, 8, null)]
    public void A_coding_that_is_not_read_is_refused(
        ushort coding, int channels, int rate, int bits, int? block)
    {
        byte[] file = new WavFile().Format(coding, channels, rate, bits, block)
            .Chunk("data", new byte[64]).ToArray();
        Assert.Throws<DataError>(() => new WavReader("a.wav", new MemoryStream(file)));
    }

    [Fact]
    public void Sizes_beyond_the_file_take_no_memory()
    {
        byte[] junk = new WavFile().Chunk("JUNK", new byte[8], uint.MaxValue).ToArray();
        byte[] format = new WavFile().Chunk("fmt ", new byte[16], uint.MaxValue).ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataError>(() => new WavReader("a.wav", new MemoryStream(junk)));
        Assert.Throws<DataError>(() => new WavReader("a.wav", new MemoryStream(format)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_float_that_is_no_number_is_a_data_error_and_the_next_is_read()
    {
        byte[] data = [.. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(2f)];
        using WavReader reader = new("a.wav", new MemoryStream(
            new WavFile().Format(WavFile.Float, 1, 8, 32).Chunk("data", data).ToArray()));
        float[] value = new float[1];
        Assert.Equal("a.wav: channel 0 of sample 0 is NaN",
            Assert.Throws<DataError>(() => reader.TryRead(value)).Message);
        Assert.True(reader.TryRead(value));
        Assert.Equal(2, value[0]);
    }

    private static byte[] Small(int bytes) =>
        new WavFile().Format(WavFile.Pcm, 1, 16000, 16).Chunk("data", new byte[bytes]).ToArray();

    private static List<float> Read(byte[] file, int channels)
    {
        using WavReader reader = new("a.wav", new MemoryStream(file));
        Assert.Equal(channels, reader.Channels);
        List<float> values = [];
        float[] instant = new float[channels];
        while (reader.TryRead(instant))
            values.AddRange(instant);
        return values;
    }

    private static byte[] Bytes(long value, int count)
    {
        byte[] all = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(all, value);
        return all[..count];
    }
}
