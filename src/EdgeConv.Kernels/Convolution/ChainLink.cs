using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Kernels.Convolution;

/// <summary>One convolution of a <see cref="ConvolutionChain"/>, and what is applied to its outputs.</summary>
/// <param name="Layer">The convolution; its input has the extents of the output before it.</param>
/// <param name="Activation">Applied last.</param>
/// <param name="Statistics">What is reduced of its output.</param>
public readonly record struct ChainLink(
    ConvolutionLayer Layer, Activation Activation, OutputStatistics Statistics = default);
