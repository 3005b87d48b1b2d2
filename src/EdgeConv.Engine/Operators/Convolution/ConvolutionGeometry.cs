namespace EdgeConv.Engine.Operators;

/// <summary>Extents of one convolution; spatial axes outermost first.</summary>
/// <param name="Batch">N.</param>
/// <param name="InputChannels">C_in.</param>
/// <param name="OutputChannels">C_out.</param>
/// <param name="Groups">G; every group maps C_in/G channels to C_out/G.</param>
/// <param name="Axes">The spatial axes.</param>
public sealed record ConvolutionGeometry(
    int Batch, int InputChannels, int OutputChannels, int Groups, IReadOnlyList<SpatialAxis> Axes)
{
    /// <summary>Input channels of one group, C_in/G.</summary>
    public int GroupInputs => InputChannels / Groups;

    /// <summary>Output channels of one group, C_out/G.</summary>
    public int GroupOutputs => OutputChannels / Groups;

    /// <summary>Input elements of one channel.</summary>
    public long InputPositions => Axes.Aggregate(1L, (product, axis) => product * axis.Input);

    /// <summary>Output elements of one channel.</summary>
    public long OutputPositions => Axes.Aggregate(1L, (product, axis) => product * axis.Output);

    /// <summary>Weights of one input and one output channel.</summary>
    public long KernelPositions => Axes.Aggregate(1L, (product, axis) => product * axis.Kernel);

    /// <summary>N C_out positions C_in/G taps, padding counted as if it were read.</summary>
    public long MultiplyAdds => Batch * OutputChannels * OutputPositions * GroupInputs * KernelPositions;

    /// <summary>
    /// Whether each output position reads one input position alone, and all groups are one.
    /// </summary>
    public bool IsPointwise => Groups == 1 && Axes.All(
        axis => axis is { Kernel: 1, Stride: 1, PadBegin: 0, PadEnd: 0 });

    /// <summary>Whether every output channel reads one input channel alone.</summary>
    public bool IsDepthwise => Groups > 1 && Groups == InputChannels;
}
