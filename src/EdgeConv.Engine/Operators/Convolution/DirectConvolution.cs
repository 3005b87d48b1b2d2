using EdgeConv.Kernels;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The convolution as its definition reads, for any number of axes: three-dimensional ones and those whose
/// weights are computed while running.
/// </summary>
internal sealed unsafe class DirectConvolution(ConvolutionGeometry geometry, Activation activation)
    : ConvolutionKernel
{
    private readonly SpatialAxis[] _axes = [.. geometry.Axes];
    private readonly int[] _taps = Coordinates(geometry.Axes);
    private readonly int _tapCount = (int)geometry.KernelPositions;
    private readonly long _inputPositions = geometry.InputPositions;
    private readonly long _outputPositions = geometry.OutputPositions;

    /// <inheritdoc/>
    public override string Name => "F32ConvolutionDirect";

    /// <inheritdoc/>
    public override bool HasPackedWeights => false;

    /// <inheritdoc/>
    public override void Run(in ConvolutionBuffers buffers)
    {
        for (int n = 0; n < geometry.Batch; n++)
        {
            for (int channel = 0; channel < geometry.OutputChannels; channel++)
                RunChannel(buffers, n, channel);
        }
    }

    private void RunChannel(in ConvolutionBuffers buffers, int n, int channel)
    {
        int firstInput = channel / geometry.GroupOutputs * geometry.GroupInputs;
        float* input = buffers.Input + (((long)n * geometry.InputChannels) + firstInput) * _inputPositions;
        float* weights = buffers.Weights + ((long)channel * geometry.GroupInputs * _tapCount);
        long first = (((long)n * geometry.OutputChannels) + channel) * _outputPositions;
        double bias = buffers.Bias is null ? 0 : buffers.Bias[channel];
        Span<int> position = stackalloc int[_axes.Length];
        position.Clear();
        for (long i = 0; i < _outputPositions; i++)
        {
            double sum = bias + Sum(input, weights, position);
            if (buffers.Residual is not null)
                sum += buffers.Residual[first + i];
            buffers.Output[first + i] = ScalarActivation.Apply(activation, sum);
            Advance(position);
        }
    }

    private double Sum(float* input, float* weights, ReadOnlySpan<int> position)
    {
        double sum = 0;
        for (int tap = 0; tap < _tapCount; tap++)
        {
            long offset = OffsetOf(position, tap);
            if (offset < 0)
                continue;
            for (int channel = 0; channel < geometry.GroupInputs; channel++)
            {
                double value = input[(channel * _inputPositions) + offset];
                sum += value * weights[((long)channel * _tapCount) + tap];
            }
        }

        return sum;
    }

    // The input element under a tap, or -1 where it lies in the padding.
    private long OffsetOf(ReadOnlySpan<int> position, int tap)
    {
        long offset = 0;
        for (int i = 0; i < _axes.Length; i++)
        {
            SpatialAxis axis = _axes[i];
            long at = ((long)position[i] * axis.Stride) - axis.PadBegin
                + ((long)_taps[(tap * _axes.Length) + i] * axis.Dilation);
            if (at < 0 || at >= axis.Input)
                return -1;
            offset = (offset * axis.Input) + at;
        }

        return offset;
    }

    private void Advance(Span<int> position)
    {
        for (int i = position.Length - 1; i >= 0; i--)
        {
            if (++position[i] < _axes[i].Output)
                return;
            position[i] = 0;
        }
    }

    // Coordinates of every tap, one after another, innermost axis last.
    private static int[] Coordinates(IReadOnlyList<SpatialAxis> axes)
    {
        int count = axes.Aggregate(1, (product, axis) => checked(product * axis.Kernel));
        int[] coordinates = new int[count * axes.Count];
        for (int tap = 0; tap < count; tap++)
        {
            int rest = tap;
            for (int i = axes.Count - 1; i >= 0; i--)
            {
                coordinates[(tap * axes.Count) + i] = rest % axes[i].Kernel;
                rest /= axes[i].Kernel;
            }
        }

        return coordinates;
    }
}
