using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// Any convolution as the product of a matrix, whose rows are the patches under the kernel, with its weights.
/// Of one group without horizontal dilation, the patch of an output that lies inside the image is a run of
/// each of its rows and read in place. The other patches are written out, for a band of pixels at a time, so
/// that they stay in the first- or second-level cache.
/// </summary>
internal sealed unsafe class Im2colLayer : ConvolutionLayer
{
    // Where patches inside the image are read in place, only those at the edges are written.
    private const int BandBytes = 96 * 1024;
    private const int EdgeBandBytes = 8 * 1024;
    private const int PixelUnit = 24;

    private readonly PointwiseKernel _kernel;
    private readonly PackedWeights _packed;
    private readonly long _groupLength;
    private readonly int _bandPixels;
    private readonly InnerRectangle _inner;
    private readonly bool _isInPlace;

    public Im2colLayer(
        PointwiseKernel kernel,
        ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
        : base(shape)
    {
        _kernel = kernel;
        _inner = InnerRectangle.Of(shape);
        _isInPlace = shape is { Groups: 1, DilationX: 1 } && _inner.Width > 0;
        int bytes = _isInPlace ? EdgeBandBytes : BandBytes;
        long most = bytes / sizeof(float) / shape.WeightsPerOutput / PixelUnit * PixelUnit;
        _bandPixels = (int)Math.Min(Math.Max(most, PixelUnit), shape.OutputPixels);
        int outputs = shape.OutputChannels / shape.Groups;
        _groupLength = kernel.PackedLength(shape.WeightsPerOutput, outputs);
        _packed = new PackedWeights(_groupLength * shape.Groups, $"{KernelName} {shape.Groups}");
        if (_packed.IsFilled)
            return;
        float[] patchOrder = PatchOrder(shape, weights);
        fixed (float* w = patchOrder)
        fixed (float* b = bias)
        {
            for (int group = 0; group < shape.Groups; group++)
                PackGroup(w, b, group, outputs);
        }
    }

    public override string KernelName => "F32Im2col/" + _kernel.Name;

    public override long ScratchBytes => (long)Shape.WeightsPerOutput * _bandPixels * sizeof(float);

    public override void Run(in ConvolutionArguments arguments)
    {
        (int start, int end) = arguments.CutRows();
        if (!_isInPlace || arguments.InputStride != Shape.InputChannels)
        {
            Written(arguments, start * Shape.OutputWidth, end * Shape.OutputWidth);
            return;
        }

        for (int oy = start; oy < end; oy++)
        {
            int row = oy * Shape.OutputWidth;
            bool isInside = oy >= _inner.Top && oy < _inner.Bottom;
            int left = isInside ? _inner.Left : Shape.OutputWidth;
            Written(arguments, row, row + left);
            if (!isInside)
                continue;
            InPlace(arguments, oy);
            Written(arguments, row + _inner.Left + _inner.Width, row + Shape.OutputWidth);
        }
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    // [Cout,Cin/G,KH,KW] → [Cout,KH,KW,Cin/G], the order in which the elements of a patch lie.
    private static float[] PatchOrder(ConvolutionShape shape, ReadOnlySpan<float> weights)
    {
        float[] ordered = new float[weights.Length];
        int inputs = shape.InputChannels / shape.Groups, taps = shape.Taps;
        for (int i = 0; i < ordered.Length; i++)
        {
            int output = i / shape.WeightsPerOutput, tap = i / inputs % taps, input = i % inputs;
            ordered[i] = weights[(((output * inputs) + input) * taps) + tap];
        }

        return ordered;
    }

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

    // The outputs of a row whose patches lie inside the image.
    private void InPlace(in ConvolutionArguments arguments, int oy)
    {
        long row = (long)Shape.InputWidth * arguments.InputStride;
        long y = (oy * Shape.StrideY) - Shape.PadTop, x = (_inner.Left * Shape.StrideX) - Shape.PadLeft;
        long offset = (((long)oy * Shape.OutputWidth) + _inner.Left) * arguments.OutputStride;
        _kernel.Run(new PointwiseArguments
        {
            Packed = _packed.Data,
            InputChannels = Shape.WeightsPerOutput,
            Runs = Shape.KernelHeight,
            RunStep = Shape.DilationY * row,
            Input = arguments.Input + (y * row) + (x * arguments.InputStride),
            InputStride = Shape.StrideX * arguments.InputStride,
            Output = arguments.Output + offset,
            OutputStride = arguments.OutputStride,
            Residual = arguments.Residual is null ? null : arguments.Residual + offset,
            Pixels = _inner.Width,
            ChannelStart = 0,
            ChannelEnd = Shape.OutputChannels,
            Activation = arguments.Activation,
        });
    }

    private void Written(in ConvolutionArguments arguments, int start, int end)
    {
        for (int pixel = start; pixel < end; pixel += _bandPixels)
        {
            int pixels = Math.Min(_bandPixels, end - pixel);
            for (int group = 0; group < Shape.Groups; group++)
                Band(arguments, group, pixel, pixels);
        }
    }

    private void Band(in ConvolutionArguments arguments, int group, int pixel, int pixels)
    {
        int outputs = Shape.OutputChannels / Shape.Groups;
        float* matrix = (float*)arguments.Scratch;
        Patches.Fill(Shape, arguments, group, pixel, pixels, matrix);
        long offset = (pixel * arguments.OutputStride) + ((long)group * outputs);
        _kernel.Run(new PointwiseArguments
        {
            Packed = _packed.Data + (group * _groupLength),
            InputChannels = Shape.WeightsPerOutput,
            Input = matrix,
            InputStride = Shape.WeightsPerOutput,
            Output = arguments.Output + offset,
            OutputStride = arguments.OutputStride,
            Residual = arguments.Residual is null ? null : arguments.Residual + offset,
            Pixels = pixels,
            ChannelStart = 0,
            ChannelEnd = outputs,
            Activation = arguments.Activation,
        });
    }
}
