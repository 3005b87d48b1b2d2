using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeConv.Engine.Operators;

/// <summary>Copies the rows of a tensor to their place in another one, or from there.</summary>
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
        Copy(source, target, (place.RowBytes, place.RowStep), place.RowBytes, end - start);
    }

    /// <summary>
    /// Copies a share of what lies in its place in <paramref name="source"/> to rows that lie side by side.
    /// </summary>
    public static void Back(byte* source, byte* target, in RowPlace place, int share, int shares)
    {
        long start = place.Rows * share / shares, end = place.Rows * (share + 1) / shares;
        source += place.Offset + (start * place.RowStep);
        target += start * place.RowBytes;
        Copy(source, target, (place.RowStep, place.RowBytes), place.RowBytes, end - start);
    }

    private static void Copy(
        byte* source, byte* target, (long Source, long Target) step, long bytes, long rows)
    {
        if (bytes == sizeof(uint))
            ByWords(source, target, step, rows);
        else if (bytes is >= VectorBytes and <= MostVectorBytes)
            ByVectors(source, target, step, bytes, rows);
        else
            ByBlocks(source, target, step, bytes, rows);
    }

    private static void ByWords(byte* source, byte* target, (long Source, long Target) step, long rows)
    {
        for (; rows > 0; rows--, source += step.Source, target += step.Target)
            *(uint*)target = *(uint*)source;
    }

    private static void ByBlocks(
        byte* source, byte* target, (long Source, long Target) step, long bytes, long rows)
    {
        for (; rows > 0; rows--, source += step.Source, target += step.Target)
            Block(source, target, bytes);
    }

    // The last vector of a row ends with it and may overlap the one before.
    private static void ByVectors(
        byte* source, byte* target, (long Source, long Target) step, long bytes, long rows)
    {
        long last = bytes - VectorBytes;
        for (; rows > 0; rows--, source += step.Source, target += step.Target)
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
