using EdgeConv.Kernels.Pointwise;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed unsafe class PointwiseKernelTest : IDisposable
{
    private const float Untouched = 12345.5f;

    private readonly GuardedMemory _input = new(1 << 16);
    private readonly GuardedMemory _output = new(1 << 16);
    private readonly GuardedMemory _residual = new(1 << 16);
    private readonly GuardedMemory _packed = new(1 << 20);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Every_small_size_is_exact_on_integers_and_stays_inside_its_buffers(KernelSet set)
    {
        foreach (int pixels in Grid.Sizes(30))
        {
            foreach (int inputs in Grid.Sparse(Grid.Sizes(12), 3))
            {
                foreach (int outputs in Grid.Sizes(40))
                {
                    Problem problem = new(pixels, inputs, outputs);
                    RequireExact(KernelTable.Pointwise(set), problem);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Maps_of_several_bands_and_weights_of_one_are_exact(KernelSet set)
    {
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        RequireExact(kernel, new Problem(300, 5, 17));
        RequireExact(kernel, new Problem(110, 65, 65));
        RequireExact(kernel, new Problem(7, 400, 400));
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Rectangles_of_the_output_compute_that_rectangle_only(KernelSet set)
    {
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        Problem whole = new(61, 9, 3 * kernel.BlockChannels + 1);
        float[] expected = Compute(kernel, whole).ToArray();
        foreach ((int start, int end) in ((int, int)[])[(0, 5), (5, 6), (6, 61), (24, 48)])
        {
            (int Start, int End) channels = (kernel.BlockChannels, 2 * kernel.BlockChannels);
            Problem part = whole with { Rows = (start, end), Channels = channels };
            float[] actual = Compute(kernel, part).ToArray();
            for (int i = 0; i < actual.Length; i++)
            {
                int pixel = i / whole.OutputStride, channel = i % whole.OutputStride;
                bool inside =
                    pixel >= start && pixel < end && channel >= channels.Start && channel < channels.End;
                Assert.Equal(inside ? expected[i] : Untouched, actual[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void The_residual_may_be_the_output_itself(KernelSet set)
    {
        foreach (int pixels in Grid.Sizes(70))
        {
            Problem problem = new(pixels, 5, 9);
            float[] expected = Reference(problem, Numbers.Integers(problem.OutputLength, 4));
            PointwiseKernel kernel = KernelTable.Pointwise(set);
            float* output = _output.AtEnd<float>(Numbers.Integers(problem.OutputLength, 4));
            Launch(kernel, problem, output, output);
            RequireRows(
                problem, new ReadOnlySpan<float>(output, problem.OutputLength), expected, kernel.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Every_activation_is_applied_after_the_residual(KernelSet set)
    {
        Activation[] activations =
        [
            Activation.Relu, Activation.Relu6, Activation.Clip(-3, 2), Activation.HardSwish,
            Activation.HardSigmoid(1f / 6, 0.5f), Activation.Sigmoid, Activation.Silu, Activation.Tanh,
        ];
        foreach (Activation activation in activations)
        {
            foreach (int pixels in (int[])[1, 7, 49, 130])
            {
                Problem problem = new(pixels, 6, 11) { Activation = activation };
                float[] residual = Numbers.Integers(problem.OutputLength, 4);
                float[] expected = Reference(problem, residual);
                PointwiseKernel kernel = KernelTable.Pointwise(set);
                float* output = _output.AtEnd<float>(problem.OutputLength);
                Launch(kernel, problem, output, _residual.AtEnd<float>(residual));
                for (int i = 0; i < problem.OutputLength; i++)
                {
                    if (i % problem.OutputStride < problem.Outputs)
                        Assert.Equal(expected[i], output[i], 1e-6f * (1 + MathF.Abs(expected[i])));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Random_reals_agree_within_the_rounding_of_a_sum(KernelSet set)
    {
        float[] x = Numbers.Reals(50 * 300, 1), weights = Numbers.Reals(13 * 300, 2);
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        using PackedWeights packed = kernel.Pack(weights, [], 13);
        float[] y = new float[13 * 50];
        fixed (float* input = x)
        fixed (float* output = y)
        {
            kernel.Run(new PointwiseArguments
            {
                Packed = packed.Data,
                InputChannels = 300,
                Input = input,
                InputStride = 300,
                Output = output,
                OutputStride = 13,
                Pixels = 50,
                ChannelEnd = 13,
            });
        }

        for (int i = 0; i < y.Length; i++)
        {
            double sum = 0, size = 0;
            for (int k = 0; k < 300; k++)
            {
                double term = (double)weights[(i % 13 * 300) + k] * x[(i / 13 * 300) + k];
                sum += term;
                size += Math.Abs(term);
            }

            Assert.Equal(sum, y[i], size * 300 * Math.Pow(2, -24));
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Weights_packed_from_their_transpose_are_the_same(KernelSet set)
    {
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        float[] weights = Numbers.Integers(11 * 6, 1);
        float[] transposed = new float[weights.Length];
        for (int i = 0; i < weights.Length; i++)
            transposed[(i % 6 * 11) + (i / 6)] = weights[i];
        using PackedWeights direct = kernel.Pack(weights, [], 11);
        fixed (float* w = transposed)
        {
            using PackedWeights turned = kernel.Pack(new PointwiseWeights
            {
                Weights = w,
                RowStride = 1,
                ColumnStride = 11,
                InputChannels = 6,
                OutputChannels = 11,
            });
            Assert.True(new Span<float>(direct.Data, (int)direct.Length).SequenceEqual(
                new Span<float>(turned.Data, (int)turned.Length)));
        }
    }

    [Fact]
    public void Weights_that_do_not_fill_the_matrix_are_refused()
    {
        PointwiseKernel kernel = KernelTable.Pointwise();
        Assert.Throws<ArgumentException>(() => kernel.Pack(new float[7], [], 2));
        Assert.Throws<ArgumentException>(() => kernel.Pack(new float[8], new float[3], 2));
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _residual.Dispose();
        _packed.Dispose();
    }

    private static float[] Reference(Problem problem, float[]? residual)
    {
        float[] x = problem.Input, weights = problem.Weights, bias = problem.Bias;
        float[] y = new float[problem.OutputLength];
        for (int channel = 0; channel < problem.Outputs; channel++)
        {
            for (int pixel = 0; pixel < problem.Pixels; pixel++)
            {
                int at = (pixel * problem.OutputStride) + channel;
                double sum = bias[channel] + (residual is null ? 0 : residual[at]);
                for (int k = 0; k < problem.Inputs; k++)
                    sum += weights[(channel * problem.Inputs) + k] * x[(pixel * problem.InputStride) + k];
                y[at] = (float)Numbers.Activate(problem.Activation, sum);
            }
        }

        return y;
    }

    private static void RequireRows(
        Problem problem, ReadOnlySpan<float> actual, float[] expected, string name)
    {
        for (int pixel = 0; pixel < problem.Pixels; pixel++)
        {
            int start = pixel * problem.OutputStride;
            if (!actual.Slice(start, problem.Outputs).SequenceEqual(expected.AsSpan(start, problem.Outputs)))
                Assert.Fail($"{name}: wrong in pixel {pixel} of {problem}");
        }
    }

    private void RequireExact(PointwiseKernel kernel, Problem problem)
    {
        ReadOnlySpan<float> actual = Compute(kernel, problem);
        RequireRows(problem, actual, Reference(problem, null), kernel.Name);
        for (int i = 0; i < actual.Length; i++)
        {
            if (i % problem.OutputStride >= problem.Outputs && actual[i] != Untouched)
                Assert.Fail($"{kernel.Name}: wrote behind a pixel of {problem}");
        }
    }

    private ReadOnlySpan<float> Compute(PointwiseKernel kernel, Problem problem)
    {
        float* output = _output.AtEnd<float>(problem.OutputLength);
        new Span<float>(output, problem.OutputLength).Fill(Untouched);
        Launch(kernel, problem, output, null);
        return new ReadOnlySpan<float>(output, problem.OutputLength);
    }

    private void Launch(PointwiseKernel kernel, Problem problem, float* output, float* residual)
    {
        float* packed = _packed.AtEnd<float>((int)kernel.PackedLength(problem.Inputs, problem.Outputs));
        fixed (float* w = problem.Weights)
        fixed (float* b = problem.Bias)
        {
            kernel.PackInto(
                new PointwiseWeights
                {
                    Weights = w,
                    RowStride = problem.Inputs,
                    ColumnStride = 1,
                    Bias = b,
                    InputChannels = problem.Inputs,
                    OutputChannels = problem.Outputs,
                },
                packed);
        }

        (int start, int end) = problem.Rows;
        kernel.Run(new PointwiseArguments
        {
            Packed = packed,
            InputChannels = problem.Inputs,
            Input = _input.AtEnd<float>(problem.Input) + (start * problem.InputStride),
            InputStride = problem.InputStride,
            Output = output + (start * problem.OutputStride),
            OutputStride = problem.OutputStride,
            Residual = residual is null ? null : residual + (start * problem.OutputStride),
            Pixels = end - start,
            ChannelStart = problem.Channels.Start,
            ChannelEnd = problem.Channels.End,
            Activation = problem.Activation,
        });
    }

    /// <summary>
    /// Pixels lie some floats further apart than they have channels, except behind the last.
    /// </summary>
    private sealed record Problem(int Pixels, int Inputs, int Outputs)
    {
        public Activation Activation { get; init; }

        public (int Start, int End) Rows { get; init; } = (0, Pixels);

        public (int Start, int End) Channels { get; init; } = (0, Outputs);

        public int InputStride => Inputs + 1;

        public int OutputStride => Outputs + 3;

        public int OutputLength => ((Pixels - 1) * OutputStride) + Outputs;

        public float[] Input { get; } = Numbers.Integers(((Pixels - 1) * (Inputs + 1)) + Inputs, 1);

        public float[] Weights { get; } = Numbers.Integers(Inputs * Outputs, 2);

        public float[] Bias { get; } = Numbers.Integers(Outputs, 3);
    }
}
