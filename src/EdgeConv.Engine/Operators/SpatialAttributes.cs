using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>One spatial axis of a sliding window with every default and padding rule resolved.</summary>
/// <param name="Input">Extent of the input.</param>
/// <param name="Kernel">Taps of the kernel.</param>
/// <param name="Stride">Step from one window to the next, in input elements.</param>
/// <param name="Dilation">Step from one tap to the next, in input elements.</param>
/// <param name="PadBegin">Elements of padding before the input.</param>
/// <param name="PadEnd">Elements of padding behind the input.</param>
/// <param name="Output">Number of windows, the extent of the output.</param>
public readonly record struct SpatialAxis(
    int Input, int Kernel, int Stride, int Dilation, int PadBegin, int PadEnd, int Output)
{
    /// <summary>Input elements a window reaches over: (Kernel - 1) * Dilation + 1.</summary>
    public int Reach => ((Kernel - 1) * Dilation) + 1;

    /// <summary>The input element that a tap of a window reads; outside 0..Input-1 in the padding.</summary>
    public int Place(int window, int tap) => (window * Stride) - PadBegin + (tap * Dilation);

    /// <summary>
    /// The taps [first, end) of the window at <paramref name="position"/> that lie on the input; tap t reads
    /// input element <c>position * Stride - PadBegin + t * Dilation</c>.
    /// </summary>
    public (int First, int End) TapsInside(int position)
    {
        long start = ((long)position * Stride) - PadBegin;
        long first = start >= 0 ? 0 : (-start + Dilation - 1) / Dilation;
        long end = start >= Input ? 0 : Math.Min(Kernel, ((Input - 1 - start) / Dilation) + 1);
        return ((int)Math.Min(first, Kernel), (int)Math.Max(end, Math.Min(first, Kernel)));
    }

    /// <summary>The windows [first, end) whose tap number <paramref name="tap"/> lies on the input.</summary>
    public (int First, int End) WindowsInside(int tap)
    {
        long shift = PadBegin - ((long)tap * Dilation);
        long first = shift <= 0 ? 0 : (shift + Stride - 1) / Stride;
        long last = Input - 1 + shift;
        long end = last < 0 ? 0 : Math.Min(Output, (last / Stride) + 1);
        return ((int)Math.Min(first, Output), (int)Math.Max(end, Math.Min(first, Output)));
    }
}

/// <summary>How <c>auto_pad</c> chooses the padding.</summary>
internal enum AutoPad
{
    /// <summary>The attribute <c>pads</c> says it.</summary>
    NotSet,

    /// <summary>Output extent = ceil(input / stride); an odd element goes behind the input.</summary>
    SameUpper,

    /// <summary>Output extent = ceil(input / stride); an odd element goes before the input.</summary>
    SameLower,

    /// <summary>No padding.</summary>
    Valid,
}

/// <summary>
/// The attributes shared by convolutions and pools: kernel_shape, strides, dilations, pads, auto_pad. Read
/// and checked once; <see cref="Resolve"/> joins them with the extents of the input.
/// </summary>
internal sealed class SpatialAttributes
{
    // Kernels add up to four of stride, reach, pad and extent in 32 bits.
    private const int LargestExtent = 1 << 28;

    private readonly Node _node;
    private readonly long[]? _strides;
    private readonly long[]? _dilations;
    private readonly long[]? _pads;
    private readonly AutoPad _autoPad;

    /// <summary>Reads the attributes of <paramref name="node"/>.</summary>
    /// <param name="node">A convolution or pool.</param>
    /// <param name="hasDilations">
    /// False where the operator has none, so that one in the file is refused.
    /// </param>
    /// <exception cref="ModelError">
    /// A value is out of range, or pads and auto_pad contradict each other.
    /// </exception>
    public SpatialAttributes(Node node, bool hasDilations = true)
    {
        _node = node;
        KernelShape = Read("kernel_shape", 1);
        _strides = Read("strides", 1);
        _dilations = hasDilations ? Read("dilations", 1) : null;
        _pads = Read("pads", 0);
        _autoPad = ReadAutoPad(node);
        if (_autoPad != AutoPad.NotSet && _pads is not null && _pads.Any(pad => pad != 0))
            throw Error(
                $"'pads' is [{string.Join(',', _pads)}] although 'auto_pad' is set; give one of them");
    }

    /// <summary>The kernel's extents as written; null when the node leaves them to the weights.</summary>
    public long[]? KernelShape { get; }

    /// <summary>The kernel's extents: those written, which must agree with the weights'.</summary>
    /// <param name="weights">Spatial extents of the weights.</param>
    /// <exception cref="ModelError">The attribute says something else than the weights' shape.</exception>
    public int[] KernelOf(ReadOnlySpan<int> weights)
    {
        int[] kernel = weights.ToArray();
        if (KernelShape is not null && !KernelShape.SequenceEqual(kernel.Select(extent => (long)extent)))
        {
            throw Error($"'kernel_shape' is [{string.Join(',', KernelShape)}], " +
                $"the weights have [{string.Join(',', kernel)}]");
        }

        return kernel;
    }

    /// <summary>The kernel's extents of a pool, where nothing but the attribute gives them.</summary>
    /// <exception cref="ModelError">The attribute is missing.</exception>
    public int[] RequiredKernel() =>
        KernelShape is not null
            ? [.. KernelShape.Select(extent => (int)extent)]
            : throw Error("attribute 'kernel_shape' is missing");

    /// <summary>Every axis of a convolution or pool.</summary>
    /// <param name="input">Spatial extents of the input.</param>
    /// <param name="kernel">Taps along each axis.</param>
    /// <param name="ceiling">
    /// Round the number of windows up; a last window that would start behind the input is left out.
    /// </param>
    /// <remarks>
    /// out = floor((in + pads - reach) / stride) + 1, as written at the ONNX operators Conv and MaxPool.
    /// </remarks>
    /// <exception cref="ModelError">
    /// A list has the wrong length, or the kernel does not fit in the input.
    /// </exception>
    public SpatialAxis[] Resolve(ReadOnlySpan<int> input, ReadOnlySpan<int> kernel, bool ceiling = false)
    {
        CheckLengths(input.Length, kernel.Length);
        SpatialAxis[] axes = new SpatialAxis[input.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            TapSpan span = SpanOf(i, kernel[i]);
            (long begin, long end) = PadsOf(i, input[i], span);
            long room = input[i] + begin + end - span.Reach;
            if (room < 0 && !(input[i] == 0 && IsSame))
            {
                throw Error($"along spatial axis {i} the kernel reaches over {span.Reach} elements, " +
                    $"the padded input has {input[i] + begin + end}");
            }

            long output = room < 0 ? 0 : CountWindows(input[i], begin, room, span.Stride, ceiling);
            axes[i] = MakeAxis(i, input[i], span.For(output), (begin, end), output);
        }

        return axes;
    }

    /// <summary>Every axis of a transposed convolution; <c>Output</c> is the larger side.</summary>
    /// <param name="input">Spatial extents of the input.</param>
    /// <param name="kernel">Taps along each axis.</param>
    /// <param name="outputPadding">Attribute output_padding, or null.</param>
    /// <param name="outputShape">Attribute output_shape, or null; it decides the padding.</param>
    /// <remarks>
    /// out = stride * (in - 1) + output_padding + reach - pads, as written at the ONNX operator
    /// ConvTranspose.
    /// </remarks>
    /// <exception cref="ModelError">
    /// A list has the wrong length, or an output extent would not be positive.
    /// </exception>
    public SpatialAxis[] ResolveTransposed(
        ReadOnlySpan<int> input, ReadOnlySpan<int> kernel, long[]? outputPadding, long[]? outputShape)
    {
        CheckLengths(input.Length, kernel.Length);
        CheckLength("output_padding", outputPadding, input.Length);
        CheckLength("output_shape", outputShape, input.Length);
        if (outputPadding is not null && outputPadding.Any(extent => extent is < 0 or > int.MaxValue))
            throw Error($"'output_padding' is [{string.Join(',', outputPadding)}], it must not be negative");
        SpatialAxis[] axes = new SpatialAxis[input.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            TapSpan span = SpanOf(i, kernel[i]);
            long full = (span.Stride * Math.Max(0L, input[i] - 1)) + (outputPadding?[i] ?? 0) + span.Reach;
            long? wanted = outputShape?[i] ?? (IsSame ? input[i] * span.Stride : null);
            (long begin, long end) = wanted is { } extent
                ? Distribute(Math.Max(0, full - extent), endGetsMore: _autoPad == AutoPad.SameUpper)
                : (_pads?[i] ?? 0, _pads?[i + input.Length] ?? 0);
            long output = wanted ?? (full - begin - end);
            if (output <= 0)
                throw Error($"the output would have {output} elements along spatial axis {i}");
            axes[i] = MakeAxis(i, input[i], span.For(input[i]), (begin, end), input[i] == 0 ? 0 : output);
        }

        return axes;
    }

    private bool IsSame => _autoPad is AutoPad.SameUpper or AutoPad.SameLower;

    private static long CountWindows(long input, long begin, long room, long stride, bool ceiling)
    {
        long windows = ((ceiling ? room + stride - 1 : room) / stride) + 1;
        return ceiling && (windows - 1) * stride >= input + begin ? windows - 1 : windows;
    }

    private static (long Begin, long End) Distribute(long total, bool endGetsMore) =>
        endGetsMore ? (total / 2, total - (total / 2)) : (total - (total / 2), total / 2);

    private (long Begin, long End) PadsOf(int axis, long input, TapSpan span)
    {
        if (!IsSame)
            return (_pads?[axis] ?? 0, _pads?[axis + (_pads.Length / 2)] ?? 0);
        long output = (input + span.Stride - 1) / span.Stride;
        long total = input == 0 ? 0 : Math.Max(0, ((output - 1) * span.Stride) + span.Reach - input);
        return Distribute(total, endGetsMore: _autoPad == AutoPad.SameUpper);
    }

    private TapSpan SpanOf(int axis, int kernel)
    {
        long dilation = _dilations?[axis] ?? 1;
        return new TapSpan(kernel, _strides?[axis] ?? 1, dilation, ((kernel - 1L) * dilation) + 1);
    }

    private SpatialAxis MakeAxis(int axis, int input, TapSpan span, (long Begin, long End) pads, long output)
    {
        long dilation = span.Kernel == 1 ? Math.Min(span.Dilation, LargestExtent) : span.Dilation;
        if (Math.Max(Math.Max(span.Stride, span.Reach), Math.Max(pads.Begin, pads.End)) > LargestExtent
            || output > LargestExtent)
        {
            throw Error(
                $"kernel, stride, pads or output exceed {LargestExtent} elements along spatial axis {axis}");
        }

        return new SpatialAxis(
            input, span.Kernel, (int)span.Stride, (int)dilation, (int)pads.Begin, (int)pads.End, (int)output);
    }

    private long[]? Read(string name, long least)
    {
        long[]? values = _node.Attributes.GetInts(_node, name);
        foreach (long value in values ?? [])
        {
            if (value < least || value > int.MaxValue)
                throw Error($"'{name}' has {value}, it must lie in {least}..{int.MaxValue}");
        }

        return values;
    }

    private static AutoPad ReadAutoPad(Node node)
    {
        string text = node.Attributes.GetString(node, "auto_pad", "NOTSET");
        return text switch
        {
            "NOTSET" or "" => AutoPad.NotSet,
            "SAME_UPPER" => AutoPad.SameUpper,
            "SAME_LOWER" => AutoPad.SameLower,
            "VALID" => AutoPad.Valid,
            _ => throw new ModelError(node.Place,
                $"'auto_pad' is '{text}', it must be NOTSET, SAME_UPPER, SAME_LOWER or VALID"),
        };
    }

    private void CheckLengths(int spatialRank, int kernelRank)
    {
        if (kernelRank != spatialRank)
            throw Error($"the kernel has {kernelRank} axes, the input has {spatialRank} spatial ones");
        CheckLength("strides", _strides, spatialRank);
        CheckLength("dilations", _dilations, spatialRank);
        CheckLength("pads", _pads, 2 * spatialRank);
    }

    private void CheckLength(string name, long[]? values, int wanted)
    {
        if (values is not null && values.Length != wanted)
            throw Error($"'{name}' has {values.Length} values, the input's shape asks for {wanted}");
    }

    private ModelError Error(string problem) => new(_node.Place, problem);

    private readonly record struct TapSpan(int Kernel, long Stride, long Dilation, long Reach)
    {
        // Where there is but one window, any stride is as good.
        public TapSpan For(long windows) =>
            windows <= 1 ? this with { Stride = Math.Min(Stride, LargestExtent) } : this;
    }
}
