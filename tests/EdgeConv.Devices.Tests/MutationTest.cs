using System.Text;
using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Images;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests;

/// <summary>
/// Damaged files end in a <see cref="DataError"/> or in a frame or window of the right shape.
/// </summary>
public sealed class MutationTest
{
    private const int Count = 2000;

    [Theory]
    [InlineData("png")]
    [InlineData("gradient-baseline.jpg")]
    [InlineData("gradient-progressive.jpg")]
    public void Mutated_pictures(string name)
    {
        byte[] file = name == "png" ? DamageTest.SmallPng() : Pictures.Recorded(name);
        Mutate(file, mutant =>
        {
            using Frame frame = DamageTest.Decode(mutant);
            Assert.Equal(frame.Stride * frame.Height, frame.Pixels.Length);
            Assert.InRange((long)frame.Width * frame.Height, 1, ImageDecoder.MostPixels);
        });
    }

    [Fact]
    public void Mutated_wav_files()
    {
        byte[] file = new WavFile().Chunk("LIST", new byte[6]).Format(WavFile.Pcm, 2, 16000, 16)
            .Chunk("data", [.. Enumerable.Range(0, 200).Select(i => (byte)i)]).ToArray();
        Mutate(file, mutant => ReadAll(new WavReader("a.wav", new MemoryStream(mutant))));
    }

    [Fact]
    public void Mutated_csv_files()
    {
        string text = "time,\"x\",y\r\n" + string.Concat(
            Enumerable.Range(0, 20).Select(i => $"{i},{i * 0.5},-{i}e1\r\n"));
        Mutate(Encoding.UTF8.GetBytes(text), mutant =>
            ReadAll(new CsvReader("a.csv", new MemoryStream(mutant), [])));
    }

    private static void ReadAll(ISampleReader reader)
    {
        using (reader)
        {
            Assert.InRange(reader.Channels, 1, 1024);
            float[] values = new float[reader.Channels];
            for (int errors = 0; errors < 1000; errors++)
            {
                try
                {
                    while (reader.TryRead(values))
                        Assert.All(values, value => Assert.True(float.IsFinite(value)));
                    return;
                }
                catch (DataError)
                {
                }
            }

            Assert.Fail("no end of errors");
        }
    }

    private static void Mutate(byte[] file, Action<byte[]> read)
    {
        Random random = new(2026);
        int refused = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] mutant = Mutant(file, random);
            try
            {
                read(mutant);
            }
            catch (DataError)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, Count);
    }

    private static byte[] Mutant(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 9), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)(random.Next(2) * 255); break;
                case 3: bytes.RemoveRange(at, Math.Min(length, bytes.Count - 1)); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                default: bytes.RemoveRange(at, Math.Min(bytes.Count - at, bytes.Count - 1)); break;
            }
        }

        return [.. bytes];
    }
}
