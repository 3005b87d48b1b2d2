namespace EdgeConv.Kernels.Convolution;

/// <summary>Some channels of some pixels of an output, which lie row after row.</summary>
/// <param name="PixelStart">First pixel.</param>
/// <param name="PixelEnd">The pixel behind the last one.</param>
/// <param name="ChannelStart">First channel.</param>
/// <param name="ChannelEnd">The channel behind the last one.</param>
internal readonly record struct OutputRectangle(
    int PixelStart, int PixelEnd, int ChannelStart, int ChannelEnd);
