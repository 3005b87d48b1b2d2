namespace EdgeConv.Kernels.Image;

/// <summary>
/// A <see cref="ResampleAxis"/> in whole numbers of 1/32768: of each output as many neighbouring inputs as any
/// output needs, and their weights, which sum to exactly 1.
/// </summary>
/// <remarks>
/// Weights are negative, because -1 is a whole number of 16 bits and 1 is not. What is lost by rounding one
/// is made up for by the next, so that a weight is off by less than 1/32768, and the sum of the first few of
/// them by half of it.
/// </remarks>
public sealed class FixedAxis
{
    /// <summary>A weight of 1.</summary>
    public const int One = 1 << 15;

    private readonly int[] _first;
    private readonly short[] _weights;
    private readonly int _pitch;

    /// <param name="axis">Positions and weights.</param>
    /// <param name="fold">
    /// Input positions that share one value: 2 for chroma of half the resolution, which then weighs as much as
    /// the two together.
    /// </param>
    public FixedAxis(ResampleAxis axis, int fold)
    {
        ArgumentNullException.ThrowIfNull(axis);
        ArgumentOutOfRangeException.ThrowIfLessThan(fold, 1);
        Length = axis.Length;
        int[][] weights = new int[Length][];
        for (int i = 0; i < Length; i++)
            weights[i] = Round(axis.First(i) % fold, axis.Weights(i), fold);
        Count = weights.Max(static all => Last(all) - Array.FindIndex(all, IsSome) + 1);
        _pitch = Count + (Count & 1);
        _first = new int[Length];
        _weights = new short[Length * _pitch];
        for (int i = 0; i < Length; i++)
        {
            // The first input behind which no weight is lost.
            int skipped = Math.Min(Array.FindIndex(weights[i], IsSome), weights[i].Length - Count);
            _first[i] = (axis.First(i) / fold) + skipped;
            for (int k = 0; k < Count; k++)
                _weights[(i * _pitch) + k] = (short)-weights[i][skipped + k];
        }

        Start = _first.Min();
        End = _first.Max() + Count;
    }

    /// <summary>Output positions.</summary>
    public int Length { get; }

    /// <summary>Input positions blended into each output position.</summary>
    public int Count { get; }

    /// <summary>First input position that any output needs.</summary>
    public int Start { get; }

    /// <summary>Behind the last input position that any output needs.</summary>
    public int End { get; }

    /// <summary>First input position of output <paramref name="index"/>.</summary>
    public int First(int index) => _first[index];

    /// <summary>
    /// Negated weights of output <paramref name="index"/>: <see cref="Count"/> of them, and a 0 where that
    /// is odd.
    /// </summary>
    public ReadOnlySpan<short> Weights(int index) => _weights.AsSpan(index * _pitch, _pitch);

    private static bool IsSome(int weight) => weight != 0;

    private static int Last(int[] weights) => Array.FindLastIndex(weights, IsSome);

    private static int[] Round(int offset, ReadOnlySpan<float> weights, int fold)
    {
        int[] rounded = new int[((offset + weights.Length - 1) / fold) + 1];
        double sum = 0;
        int given = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            sum += weights[k];
            int upToHere = (int)Math.Round(sum * One);
            rounded[(offset + k) / fold] += upToHere - given;
            given = upToHere;
        }

        return rounded;
    }
}
