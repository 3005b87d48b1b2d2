using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed unsafe class ElementwiseKernelTest : IDisposable
{
    private const double SmallestNormal = 1.1754943508222875e-38;

    private static readonly float[] Edges =
    [
        0, -0f, 1e-30f, -1e-30f, 1e-4f, 0.624999f, 0.625f, -0.625f, 0.625001f, 1, -1, 3, -3, 6, 8.9f, 9.1f,
        -9.1f, 17, -17, 50, -50, 87.3f, 88.02f, 88.3f, 88.72f, -87.3f,
    ];

    private readonly GuardedMemory _left = new(4096);
    private readonly GuardedMemory _right = new(4096);
    private readonly GuardedMemory _output = new(4096);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Clamps_are_exact_and_the_others_keep_their_error_bounds(KernelSet set)
    {
        float[] x =
            [.. Edges, .. Numbers.Reals(20000, 1).Select(value => value * 88), .. Numbers.Reals(20000, 2)];
        (Activation Activation, double Bound)[] claims =
        [
            (Activation.Relu, 0), (Activation.Relu6, 0), (Activation.Clip(-2, 0.5f), 0),
            (Activation.Exp, 2e-7), (Activation.Sigmoid, 4e-7), (Activation.Silu, 4e-7),
            (Activation.Tanh, 4e-7),
        ];
        foreach ((Activation activation, double bound) in claims)
        {
            float[] y = new float[x.Length];
            KernelTable.Elementwise(set).Activate(activation, x, y);
            for (int i = 0; i < x.Length; i++)
            {
                double right = Numbers.Activate(activation, x[i]);
                double slack = Math.Max(Math.Abs(right) * bound, bound == 0 ? 0 : SmallestNormal);
                if (Math.Abs(y[i] - right) > slack)
                    Assert.Fail($"{activation} of {x[i]:R} gave {y[i]:R} instead of {right:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Hard_functions_agree_within_the_rounding_of_two_operations(KernelSet set)
    {
        float[] x = [.. Edges, .. Numbers.Reals(5000, 1).Select(value => value * 8)];
        Activation[] activations = [Activation.HardSwish, Activation.HardSigmoid(0.2f, 0.5f)];
        foreach (Activation activation in activations)
        {
            float[] y = new float[x.Length];
            KernelTable.Elementwise(set).Activate(activation, x, y);
            for (int i = 0; i < x.Length; i++)
                Assert.Equal(Numbers.Activate(activation, x[i]), y[i], 2e-7 * (1 + MathF.Abs(x[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void The_ends_of_the_line_go_to_their_limits(KernelSet set)
    {
        float inf = float.PositiveInfinity;
        RequireValues(set, Activation.Exp, (0, 1), (88.8f, inf), (1000, inf), (inf, inf));
        RequireValues(set, Activation.Exp, (-104.5f, 0), (-1000, 0), (-inf, 0));
        RequireValues(set, Activation.Sigmoid, (200, 1), (inf, 1), (-200, 0), (-inf, 0), (0, 0.5f));
        RequireValues(set, Activation.Silu, (1e30f, 1e30f), (inf, inf), (-1e30f, 0), (0, 0));
        RequireValues(
            set, Activation.Tanh, (20, 1), (inf, 1), (-20, -1), (-inf, -1), (0, 0), (1e-30f, 1e-30f));
        RequireValues(set, Activation.HardSwish, (1e30f, 1e30f), (-1e30f, 0), (3, 3), (-3, 0));
        RequireValues(set, Activation.Relu, (inf, inf), (-inf, 0));
        RequireValues(set, Activation.None, (inf, inf), (-inf, -inf));
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Exp_passes_through_the_subnormals(KernelSet set)
    {
        float[] x = [.. Enumerable.Range(0, 165).Select(i => -87.3f - (i * 0.1f))];
        float[] y = new float[x.Length];
        KernelTable.Elementwise(set).Activate(Activation.Exp, x, y);
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(Math.Exp(x[i]), y[i], (2e-7 * Math.Exp(x[i])) + float.Epsilon);
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Not_a_number_stays_one(KernelSet set)
    {
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            float[] x = new float[11];
            Array.Fill(x, float.NaN);
            KernelTable.Elementwise(set).Activate(new Activation(kind, -1, 1), x, x);
            Assert.All(x, value => Assert.True(float.IsNaN(value), $"{kind}"));
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Every_length_stays_inside_its_buffers_and_works_in_place(KernelSet set)
    {
        ElementwiseKernel kernel = KernelTable.Elementwise(set);
        for (int length = 0; length <= 70; length++)
        {
            float[] a = Numbers.Integers(length, length), b = Numbers.Integers(length, length + 1);
            Span<float> left = new(_left.AtEnd<float>(a), length);
            Span<float> right = new(_right.AtEnd<float>(b), length);
            Span<float> y = new(_output.AtEnd<float>(length), length);
            kernel.ScaleChannels(left, right, y);
            Assert.Equal(a.Zip(b, (p, q) => p * q), y.ToArray());
            kernel.Activate(Activation.Clip(-1, 2), left, y);
            Assert.Equal(a.Select(p => Math.Clamp(p, -1, 2)), y.ToArray());
            kernel.Activate(Activation.None, left, y);
            Assert.Equal(a, y.ToArray());
            kernel.Activate(Activation.Relu, left, left);
            Assert.Equal(a.Select(p => Math.Max(p, 0)), left.ToArray());
            kernel.ScaleChannels(right, right, right);
            Assert.Equal(b.Select(p => p * p), right.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Squeeze_and_excitation_rescales_each_channel_by_its_own_factor(KernelSet set)
    {
        foreach (int pixels in Grid.Sizes(30))
        {
            float[] x = Numbers.Integers(4 * pixels, pixels);
            float[] scale = [0, 1, -2, 3];
            float[] y = new float[x.Length];
            KernelTable.Elementwise(set).ScaleChannels(x, scale, y);
            Assert.Equal(x.Select((value, i) => value * scale[i % 4]), y);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Shuffled_channels_alternate_between_their_sources_and_stay_inside_their_buffers(KernelSet set)
    {
        ElementwiseKernel kernel = KernelTable.Elementwise(set);
        foreach (int channels in Grid.Sizes(70))
        {
            float[] a = Numbers.Integers(3 * channels, 1), b = Numbers.Integers(3 * channels, 2);
            Span<float> left = new(_left.AtEnd<float>(a), a.Length);
            Span<float> right = new(_right.AtEnd<float>(b), b.Length);
            Span<float> whole = new(_output.AtEnd<float>(2 * a.Length), 2 * a.Length);
            float[] expected = [.. a.Zip(b).SelectMany(pair => (float[])[pair.First, pair.Second])];
            kernel.ShuffleChannels(left, right, whole, [], channels);
            Assert.Equal(expected, whole.ToArray());
            if (channels % 2 != 0)
                continue;
            float[] low = new float[a.Length];
            Span<float> high = whole[a.Length..];
            kernel.ShuffleChannels(left, right, low, high, channels);
            Assert.Equal(
                expected.Chunk(2 * channels), low.Chunk(channels).Zip(high.ToArray().Chunk(channels))
                    .Select(pixel => (float[])[.. pixel.First, .. pixel.Second]));
        }
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        ElementwiseKernel kernel = KernelTable.Elementwise();
        Assert.Throws<ArgumentException>(() => kernel.Activate(Activation.Relu, new float[3], new float[4]));
        Assert.Throws<ArgumentException>(
            () => kernel.ScaleChannels(new float[7], new float[2], new float[7]));
        Assert.Throws<ArgumentException>(
            () => kernel.ShuffleChannels(new float[6], new float[6], new float[6], new float[6], 3));
        Assert.Throws<ArgumentException>(
            () => kernel.ShuffleChannels(new float[6], new float[4], new float[12], [], 2));
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _output.Dispose();
    }

    private static void RequireValues(KernelSet set, Activation activation, params (float X, float Y)[] pairs)
    {
        foreach ((float x, float expected) in pairs)
        {
            float[] values = new float[9];
            Array.Fill(values, x);
            KernelTable.Elementwise(set).Activate(activation, values, values);
            Assert.All(
                values, actual => Assert.True(actual == expected, $"{activation} of {x} gave {actual}"));
        }
    }
}
