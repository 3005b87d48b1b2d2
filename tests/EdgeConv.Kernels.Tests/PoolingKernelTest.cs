using EdgeConv.Kernels.Pooling;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using EdgeConv.Testing.Reference;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed unsafe class PoolingKernelTest : IDisposable
{
    private static readonly int[] Channels = [1, 3, 8, 21];

    private readonly GuardedMemory _input = new(1 << 16);
    private readonly GuardedMemory _output = new(1 << 16);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Any_window_matches_the_reference(KernelSet set)
    {
        Random random = new(3);
        foreach (int seed in Grid.Sparse(Enumerable.Range(0, 3000), 30))
        {
            ReferencePooling reference = RandomPooling(random);
            if (reference.Output is { Y: > 0, X: > 0 })
                Require(set, reference, seed);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Every_small_width_matches_the_reference(KernelSet set)
    {
        foreach (int width in Grid.Sizes(70))
        {
            foreach (int stride in (int[])[1, 2, 3])
            {
                Require(set, new ReferencePooling
                {
                    Input = (3, width),
                    Kernel = (2, Math.Min(3, width)),
                    Stride = (1, stride),
                    PadBegin = (1, width > 2 ? 1 : 0),
                    CeilMode = true,
                }, width);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void The_global_average_is_the_mean_of_each_channel(KernelSet set)
    {
        foreach (int pixels in Grid.Sizes(150))
        {
            float[] x = Numbers.Reals(3 * pixels, pixels);
            float[] y = new float[3];
            KernelTable.Pooling(set).GlobalAverage(
                new ReadOnlySpan<float>(_input.AtEnd<float>(x), x.Length), y, Share.All);
            for (int channel = 0; channel < 3; channel++)
                Assert.Equal(
                    x.Where((_, i) => i % 3 == channel).Average(value => (double)value), y[channel], 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_nan_is_the_greatest_wherever_it_lies(KernelSet set)
    {
        PoolingShape shape =
            new() { InputHeight = 1, InputWidth = 3, OutputHeight = 1, OutputWidth = 1, KernelWidth = 3 };
        foreach (int channels in Channels)
        {
            for (int place = 0; place < 3 * channels; place++)
            {
                float[] x = Numbers.Integers(3 * channels, place), y = new float[channels];
                x[place] = float.NaN;
                KernelTable.Pooling(set).Max(shape, x, y, channels, Share.All);
                for (int channel = 0; channel < channels; channel++)
                    Assert.Equal(channel == place % channels, float.IsNaN(y[channel]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_global_average_hangs_on_no_single_pixel(KernelSet set)
    {
        float[] x = new float[10_000];
        Array.Fill(x, 0.001f);
        x[0] = 1000;
        float[] y = new float[1];
        KernelTable.Pooling(set).GlobalAverage(x, y, Share.All);
        Assert.Equal((1000 + (9999 * 0.001)) / 10_000, y[0], 1e-6);
        KernelTable.Pooling(set).GlobalAverage([float.PositiveInfinity, 2, 3], y, Share.All);
        Assert.Equal(float.PositiveInfinity, y[0]);
    }

    [Fact]
    public void Padding_never_is_the_greatest()
    {
        float[] y = new float[4];
        PoolingShape shape = new()
        {
            InputHeight = 1,
            InputWidth = 1,
            OutputHeight = 2,
            OutputWidth = 2,
            KernelHeight = 2,
            KernelWidth = 2,
            PadTop = 1,
            PadLeft = 1,
            PadBottom = 1,
            PadRight = 1,
        };
        KernelTable.Pooling().Max(shape, [-5], y, 1, Share.All);
        Assert.Equal([-5, -5, -5, -5], y);
    }

    [Fact]
    public void Lengths_that_do_not_fit_the_shape_are_refused()
    {
        PoolingShape shape = new() { InputHeight = 2, InputWidth = 2, OutputHeight = 2, OutputWidth = 2 };
        Assert.Throws<ArgumentException>(
            () => KernelTable.Pooling().Max(shape, new float[7], new float[8], 2, Share.All));
        Assert.Throws<ArgumentException>(
            () => KernelTable.Pooling().Average(shape, new float[8], new float[7], 2, Share.All));
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private static ReferencePooling RandomPooling(Random random)
    {
        (int Y, int X) kernel = (random.Next(1, 5), random.Next(1, 5));
        return new ReferencePooling
        {
            Input = (random.Next(1, 14), random.Next(1, 40)),
            Kernel = kernel,
            Stride = (random.Next(1, 4), random.Next(1, 4)),
            Dilation = (random.Next(1, 3), random.Next(1, 3)),
            PadBegin = (random.Next(kernel.Y), random.Next(kernel.X)),
            PadEnd = (random.Next(kernel.Y), random.Next(kernel.X)),
            CeilMode = random.Next(2) == 0,
        };
    }

    private static PoolingShape ShapeOf(ReferencePooling reference) => new()
    {
        InputHeight = reference.Input.Y,
        InputWidth = reference.Input.X,
        OutputHeight = reference.Output.Y,
        OutputWidth = reference.Output.X,
        KernelHeight = reference.Kernel.Y,
        KernelWidth = reference.Kernel.X,
        StrideY = reference.Stride.Y,
        StrideX = reference.Stride.X,
        DilationY = reference.Dilation.Y,
        DilationX = reference.Dilation.X,
        PadTop = reference.PadBegin.Y,
        PadLeft = reference.PadBegin.X,
        PadBottom = reference.PadEnd.Y,
        PadRight = reference.PadEnd.X,
    };

    private void Require(KernelSet set, ReferencePooling reference, int seed)
    {
        int channels = Channels[seed % Channels.Length];
        float[] x = Numbers.Integers(channels * reference.Input.Y * reference.Input.X, seed);
        PoolingShape shape = ShapeOf(reference);
        float[] last = Turn(x, channels);
        ReadOnlySpan<float> input = new(_input.AtEnd<float>(last), x.Length);
        int outputs = channels * reference.Output.Y * reference.Output.X;
        Span<float> y = new(_output.AtEnd<float>(outputs), outputs);
        PoolingKernel kernel = KernelTable.Pooling(set);

        // With dilation a window may lie in the padding alone: the reference says NaN, the kernel -∞.
        int shares = 1 + (seed % 3);
        for (int share = 0; share < shares; share++)
            kernel.Max(shape, input, y, channels, new Share(share, shares));
        float[] expected = Turn(reference.Max(x, channels), channels);
        for (int i = 0; i < outputs; i++)
            Assert.Equal(float.IsNaN(expected[i]) ? float.NegativeInfinity : expected[i], y[i]);

        foreach (bool countPadding in (bool[])[false, true])
        {
            for (int share = 0; share < shares; share++)
                kernel.Average(shape with { CountsPads = countPadding }, input, y, channels, new Share(share, shares));
            expected = Turn(reference.Average(x, channels, countPadding), channels);
            for (int i = 0; i < outputs; i++)
            {
                if (!float.IsNaN(expected[i]))
                    Assert.Equal(expected[i], y[i], 1e-6f * (1 + MathF.Abs(expected[i])));
            }
        }
    }

    // Planes to channels last.
    private static float[] Turn(float[] planes, int channels)
    {
        int pixels = planes.Length / channels;
        float[] last = new float[planes.Length];
        for (int i = 0; i < planes.Length; i++)
            last[(i % pixels * channels) + (i / pixels)] = planes[i];
        return last;
    }
}
