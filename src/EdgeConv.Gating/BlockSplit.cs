using System.Buffers.Binary;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// Decides by position which samples calibrate, where up to m consecutive ones share content, as windows do
/// whose stride is shorter than they are: a sample of the fit would know the calibration samples beside it.
/// Blocks of 4 m samples are on one side. The last m of a block are left out where the next one is on the
/// other side, so that no sample of the fit shares anything with one that calibrates.
/// <code>
/// |  fit   |  fit  -|  cal. -|  fit  -| cal. …     m left out at each -
/// </code>
/// With a share of 1/3 every third block calibrates, from which one on is told by XXH64 over the seed (8 bytes,
/// little-endian): the k-th that calibrates is ⌊(k + hash)/share⌋. At even distances, since few blocks drawn
/// at random may all lie in one stretch of a short recording. A fit that is interrupted, or killed, goes on as
/// it had begun.
/// </summary>
/// <param name="seed">See <see cref="FitOptions.Seed"/>.</param>
/// <param name="share">See <see cref="FitOptions.CalibrationShare"/>.</param>
/// <param name="overlap">m, see <see cref="FitOptions.Overlap"/>.</param>
internal sealed class BlockSplit(ulong seed, double share, int overlap)
{
    private const int OverlapsInBlock = 4;
    private readonly double _first = Fraction(seed);
    private readonly long _length = (long)OverlapsInBlock * overlap;

    /// <summary>The side of the sample at a position in its stream, counted from 0.</summary>
    public SampleSide SideOf(long position)
    {
        long block = position / _length;
        SampleSide side = SideOfBlock(block);
        bool isLast = position % _length >= _length - overlap;
        return isLast && SideOfBlock(block + 1) != side ? SampleSide.Neither : side;
    }

    private SampleSide SideOfBlock(long block)
    {
        for (long k = (long)(block * share); k <= (block + 1) * share; k++)
        {
            if ((long)((k + _first) / share) == block)
                return SampleSide.Calibration;
        }

        return SampleSide.Fit;
    }

    private static double Fraction(ulong seed)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        return SampleSplit.Fraction(Xxh64.Hash(bytes));
    }
}
