using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeConv.Engine.Operators;

/// <summary>Copies the rows of a tensor to their place in another one.</summary>
internal static unsafe class RowCopy
{
    // What is shorter or longer the system's copy is as fast on.
    private const int VectorBytes = 16;
    private const int MostVectorBytes = 512;

    /// <summary>Copies a share of <paramref name="source"/>, whose rows lie side by side.</summary>
    public static void Run(byte* source, byte* target, in RowPlace place, int share, int shares)
    {
        target += place.Offset;
        if (place.IsOnePiece)
        {
            long bytes = place.Rows * place.RowBytes, first = bytes * share / shares;
            Block(source + first, target + first, (bytes * (share + 1) / shares) - first);
            return;
        }

        long start = place.Rows * share / shares, end = place.Rows * (share + 1) / shares;
        source += start * place.RowBytes;
        target += start * place.RowStep;
        if (place.RowBytes is >= VectorBytes and <= MostVectorBytes)
            ByVectors(source, target, place, end - start);
        else
            ByBlocks(source, target, place, end - start);
    }

    private static void ByBlocks(byte* source, byte* target, in RowPlace place, long rows)
    {
        for (long row = 0; row < rows; row++)
            Block(source + (row * place.RowBytes), target + (row * place.RowStep), place.RowBytes);
    }

    // The last vector of a row ends with it and may overlap the one before.
    private static void ByVectors(byte* source, byte* target, in RowPlace place, long rows)
    {
        long last = place.RowBytes - VectorBytes;
        (long rowBytes, long rowStep) = (place.RowBytes, place.RowStep);
        for (; rows > 0; rows--, source += rowBytes, target += rowStep)
        {
            for (long i = 0; i < last; i += VectorBytes)
                Vector128.Load(source + i).Store(target + i);
            Vector128.Load(source + last).Store(target + last);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block(byte* source, byte* target, long bytes) =>
        Buffer.MemoryCopy(source, target, bytes, bytes);
}
