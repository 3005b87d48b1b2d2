namespace EdgeConv.Kernels.Pixels;

/// <summary>Pixel by pixel.</summary>
internal sealed unsafe class U8PixelsScalar : PixelKernel
{
    public override string Name => "U8PixelsScalar";

    protected override bool RunBlocks(PixelRow row, byte* pixels, int bytes, float* y, long planeStride) =>
        false;
}
