using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>For each axis, the input offset that every output position repeats.</summary>
internal sealed unsafe class PaddingTables
{
    private readonly long[][] _offsets;

    private PaddingTables(long[][] offsets) => _offsets = offsets;

    /// <summary>Makes the tables of <c>reflect</c>, <c>edge</c> or <c>wrap</c>.</summary>
    /// <returns>Null when an axis has nothing to repeat.</returns>
    public static PaddingTables? Create(string mode, Shape input, (long Begin, long End)[] pads)
    {
        long[] strides = Strides.Of(input);
        long[][] offsets = new long[input.Rank][];
        for (int i = 0; i < offsets.Length; i++)
        {
            (long begin, long end) = pads[i];
            long first = Math.Max(0, -begin);
            long count = input[i] - first - Math.Max(0, -end);
            long output = input[i] + begin + end;
            if (count <= 0 && output > 0)
                return null;
            offsets[i] = new long[output];
            for (long p = 0; p < output; p++)
                offsets[i][p] = (first + Source(mode, p - Math.Max(0, begin), count)) * strides[i];
        }

        return new PaddingTables(offsets);
    }

    /// <summary>Fills the output.</summary>
    public void Run(byte* source, Tensor output, int elementSize)
    {
        if (output.Length == 0)
            return;
        switch (elementSize)
        {
            case 1:
                Walk(0, source, output.Data);
                break;
            case 4:
                Walk(0, (uint*)source, (uint*)output.Data);
                break;
            default:
                Walk(0, (ulong*)source, (ulong*)output.Data);
                break;
        }
    }

    private static long Source(string mode, long position, long count) => mode switch
    {
        "edge" => Math.Clamp(position, 0, count - 1),
        "wrap" => ((position % count) + count) % count,
        _ => Reflect(position, count),
    };

    private static long Reflect(long position, long count)
    {
        if (count == 1)
            return 0;
        long period = 2 * (count - 1);
        long inPeriod = ((position % period) + period) % period;
        return inPeriod < count ? inPeriod : period - inPeriod;
    }

    // Returns the target behind what was written.
    private T* Walk<T>(int axis, T* source, T* target) where T : unmanaged
    {
        if (axis == _offsets.Length)
        {
            *target = *source;
            return target + 1;
        }

        long[] offsets = _offsets[axis];
        if (axis < _offsets.Length - 1)
        {
            foreach (long offset in offsets)
                target = Walk(axis + 1, source + offset, target);
            return target;
        }

        for (int i = 0; i < offsets.Length; i++)
            target[i] = source[offsets[i]];
        return target + offsets.Length;
    }
}
