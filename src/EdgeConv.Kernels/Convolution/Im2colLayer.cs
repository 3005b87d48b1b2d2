using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// Any convolution as the product of its weights <c>[Cout/G, Cin/G KH KW]</c> with a matrix whose columns are
/// the patches under the kernel, made for a band of output rows at a time so that it stays in the
/// second-level cache.
/// </summary>
internal sealed unsafe class Im2colLayer : ConvolutionLayer
{
    private const int BandBytes = 192 * 1024;

    private readonly PointwiseKernel _kernel;
    private readonly PackedWeights _packed;
    private readonly PatchMatrix _patches;
    private readonly long _groupLength;
    private readonly int _bandRows;

    public Im2colLayer(
        PointwiseKernel kernel,
        PatchMatrix patches,
        ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
        : base(shape)
    {
        _kernel = kernel;
        _patches = patches;
        long rowBytes = (long)shape.WeightsPerOutput * shape.OutputWidth * sizeof(float);
        _bandRows = (int)Math.Clamp(BandBytes / rowBytes, 1, shape.OutputHeight);
        int outputs = shape.OutputChannels / shape.Groups;
        _groupLength = kernel.PackedLength(shape.WeightsPerOutput, outputs);
        _packed = new PackedWeights(_groupLength * shape.Groups);
        fixed (float* w = weights)
        fixed (float* b = bias)
        {
            for (int group = 0; group < shape.Groups; group++)
                PackGroup(w, b, group, outputs);
        }
    }

    public override string KernelName => "F32Im2col/" + _kernel.Name;

    public override long ScratchBytes =>
        (long)Shape.WeightsPerOutput * _bandRows * Shape.OutputWidth * sizeof(float);

    public override void Run(in ConvolutionArguments arguments)
    {
        (int start, int end) = arguments.Cut(Shape.OutputHeight, 1);
        for (int row = start; row < end; row += _bandRows)
        {
            int rows = Math.Min(_bandRows, end - row);
            for (int group = 0; group < Shape.Groups; group++)
                RunBand(arguments, group, row, rows);
        }
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void PackGroup(float* weights, float* bias, int group, int outputs)
    {
        PointwiseWeights source = new()
        {
            Weights = weights + ((long)group * outputs * Shape.WeightsPerOutput),
            RowStride = Shape.WeightsPerOutput,
            ColumnStride = 1,
            Bias = bias is null ? null : bias + ((long)group * outputs),
            InputChannels = Shape.WeightsPerOutput,
            OutputChannels = outputs,
        };
        _kernel.PackInto(source, _packed.Data + (group * _groupLength));
    }

    private void RunBand(in ConvolutionArguments arguments, int group, int row, int rows)
    {
        ConvolutionShape shape = Shape;
        int outputs = shape.OutputChannels / shape.Groups;
        int inputs = shape.InputChannels / shape.Groups;
        float* matrix = (float*)arguments.Scratch;
        _patches.Fill(shape, arguments.Input + ((long)group * inputs * shape.InputPixels), row, rows, matrix);

        long offset = ((long)group * outputs * shape.OutputPixels) + ((long)row * shape.OutputWidth);
        _kernel.Run(new PointwiseArguments
        {
            Packed = _packed.Data + (group * _groupLength),
            InputChannels = shape.WeightsPerOutput,
            Input = matrix,
            InputStride = (long)rows * shape.OutputWidth,
            Output = arguments.Output + offset,
            OutputStride = shape.OutputPixels,
            Residual = arguments.Residual is null ? null : arguments.Residual + offset,
            PixelStart = 0,
            PixelEnd = rows * shape.OutputWidth,
            ChannelStart = 0,
            ChannelEnd = outputs,
            Activation = arguments.Activation,
        });
    }
}
