using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Pipeline.Preprocessing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class SyntheticOutliersTest
{
    private static readonly PreprocessOptions Normalised = new() { Mean = [100, 110, 120], Deviation = [50, 60, 70] };

    public static TheoryData<int[], bool> Layouts => new() { { [1, 3, 4, 4], false }, { [1, 4, 4, 3], false }, { [1, 4, 4, 3], true } };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Reading_an_input_and_writing_it_back_is_the_identity(int[] shape, bool isBytes)
    {
        using InputSession session = new(isBytes ? DataType.UInt8 : DataType.Float32, shape);
        session.Fill(7);
        byte[] before = session.GetInput(0).AsBytes().ToArray();
        InputValues input = new(Normalised, session, isPicture: true);
        input.Read(session.GetInput(0));
        Assert.Equal((3, 4, 4), (input.Channels, input.Height, input.Width));
        session.GetInput(0).AsBytes().Clear();
        input.Write(session.GetInput(0));
        if (isBytes)
            Assert.Equal(before, session.GetInput(0).AsBytes().ToArray());
        else
            AssertNear(before, session.GetInput(0));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_same_pixels_are_read_from_every_layout(int[] shape, bool isBytes)
    {
        using InputSession session = new(isBytes ? DataType.UInt8 : DataType.Float32, shape);
        for (int c = 0; c < 3; c++)
        {
            for (int i = 0; i < 16; i++)
                session.SetPixel(c, i, 10 * c + i, isBytes ? null : Normalised);
        }

        InputValues input = new(Normalised, session, isPicture: true);
        input.Read(session.GetInput(0));
        for (int c = 0; c < 3; c++)
            Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(10 * c + i, input.Channel(c)[i], 1e-4));
    }

    [Fact]
    public void Pictures_are_inverted_turned_covered_and_dimmed()
    {
        Assert.Equal([255, 254, 253, 252], Made("inverted", [0, 1, 2, 3]));
        Assert.Equal([1, 3, 0, 2], Made("rotated", [0, 1, 2, 3]));
        Assert.Equal([9, 0, 8, 0], Made("half occluded", [9, 7, 8, 6]));
        Assert.Equal([30, 60, 0, 3], Made("gain 0.3", [100, 200, 0, 10]).Select(x => MathF.Round(x, 4)));
        float[] noise = Made("noise", [0, 0, 0, 0]);
        Assert.All(noise, value => Assert.InRange(value, 0, 255));
        Assert.True(noise.Distinct().Count() > 1);
    }

    [Fact]
    public void A_picture_that_is_not_square_is_turned_upside_down() =>
        Assert.Equal([5, 4, 3, 2, 1, 0], Made("rotated", [0, 1, 2, 3, 4, 5], width: 3));

    [Fact]
    public void Signals_are_dimmed_flattened_and_reversed()
    {
        Assert.Equal([0.3f, 0.6f, 0, -0.3f], MadeOfWindow("gain 0.3", [1, 2, 0, -1]).Select(x => MathF.Round(x, 5)));
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], MadeOfWindow("flat line", [1, 2, 0, -1]));
        Assert.Equal([-1, 0, 2, 1], MadeOfWindow("reversed", [1, 2, 0, -1]));
    }

    [Fact]
    public void Noise_has_the_mean_and_deviation_of_its_signal()
    {
        float[] signal = [.. Enumerable.Range(0, 20_000).Select(i => 5 + MathF.Sin(i))];
        float[] noise = MadeOfWindow("noise", signal);
        double mean = noise.Average(), deviation = Math.Sqrt(noise.Average(x => (x - mean) * (x - mean)));
        Assert.Equal(5, mean, 0.02);
        Assert.Equal(Math.Sqrt(0.5), deviation, 0.02);
    }

    private static float[] Made(string kind, float[] picture, int width = 2) =>
        Make(kind, [1, 1, picture.Length / width, width], picture, isPicture: true);

    private static float[] MadeOfWindow(string kind, float[] window) =>
        Make(kind, [1, 1, window.Length], window, isPicture: false);

    private static float[] Make(string kind, int[] shape, float[] values, bool isPicture)
    {
        using InputSession session = new(DataType.Float32, shape);
        InputValues input = new(new PreprocessOptions(), session, isPicture);
        values.CopyTo(input.Values, 0);
        SyntheticOutliers.For(isPicture).Single(k => k.Name == kind).Make(input, new Random(1));
        return input.Values;
    }

    private static void AssertNear(byte[] expected, Tensor actual)
    {
        ReadOnlySpan<float> before = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(expected);
        for (int i = 0; i < before.Length; i++)
            Assert.Equal(before[i], actual.AsSpan<float>()[i], 1e-5f);
    }

    /// <summary>A session that has an input and nothing else.</summary>
    private sealed class InputSession(DataType type, int[] shape) : ISession
    {
        private readonly Tensor _input = new(type, new Shape(shape));

        public ModelIdentity Model => new("m", "m.onnx", new string('0', 64));

        public string Backend => "fake";

        public IReadOnlyList<TensorInfo> Inputs =>
            [new TensorInfo("x", type, _input.Shape) { Pixels = type == DataType.UInt8 ? new PixelInput() : null }];

        public IReadOnlyList<TensorInfo> Outputs => [];

        public IReadOnlyList<TapInfo> Taps => [];

        public long MultiplyAdds => 0;

        public Tensor GetInput(int index) => _input;

        public Tensor GetOutput(int index) => throw new InvalidOperationException("no outputs");

        public ReadOnlySpan<float> GetTap(int index) => throw new InvalidOperationException("no taps");

        public void Run()
        {
        }

        public void Dispose() => _input.Dispose();

        public void Fill(int seed)
        {
            Random random = new(seed);
            if (type == DataType.UInt8)
                random.NextBytes(_input.AsSpan<byte>());
            else
                foreach (ref float value in _input.AsSpan<float>())
                    value = random.NextSingle();
        }

        public void SetPixel(int channel, int position, float pixel, PreprocessOptions? options)
        {
            int index = shape[1] == 3 ? channel * 16 + position : position * 3 + channel;
            if (type == DataType.UInt8)
                _input.AsSpan<byte>()[index] = (byte)pixel;
            else
                _input.AsSpan<float>()[index] = (pixel - options!.Mean[channel]) / options.Deviation[channel];
        }
    }
}
