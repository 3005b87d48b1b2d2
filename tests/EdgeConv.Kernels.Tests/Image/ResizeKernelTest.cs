using EdgeConv.Kernels.Image;
using EdgeConv.Kernels.Resize;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests.Image;

/// <summary>Every set gives the whole numbers of the formula, on buffers between forbidden pages.</summary>
public sealed unsafe class ResizeKernelTest : IDisposable
{
    private const int MostRows = 6;
    private const int PlaneGap = 8;

    private readonly GuardedMemory[] _rows =
        [.. Enumerable.Range(0, MostRows).Select(static _ => new GuardedMemory(1 << 12))];

    private readonly GuardedMemory _values = new(1 << 13);
    private readonly GuardedMemory _others = new(1 << 13);
    private readonly GuardedMemory _planes = new(1 << 14);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Rows_of_every_small_length_match_the_formula(KernelSet set)
    {
        foreach (int length in Grid.Sizes(70).Concat([127, 128, 129, 200]))
        {
            for (int pairs = 1; pairs <= MostRows / 2; pairs++)
            {
                byte[][] rows = Noise(2 * pairs, length);
                short[] weights = Weights(2 * pairs, length);
                short[] expected = Blend(rows, weights);
                foreach (bool atStart in (bool[])[true, false])
                {
                    short* to = atStart ? _values.AtStart<short>(length) : _values.AtEnd<short>(length);
                    Run(rows, weights, atStart, blend => KernelTable.Resize(set).Rows(blend, length, to));
                    Require(expected, to, $"{set}: {length} bytes, {pairs} pairs");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Split_rows_of_every_small_length_match_the_formula(KernelSet set)
    {
        foreach (int half in Grid.Sizes(70).Concat([127, 128, 129]))
        {
            byte[][] rows = Noise(MostRows, 2 * half);
            for (int pairs = 1; pairs <= MostRows / 2; pairs++)
            {
                short[] weights = Weights(2 * pairs, half);
                short[] expected = Blend(rows[..(2 * pairs)], weights);
                foreach (bool atStart in (bool[])[true, false])
                {
                    short* even = atStart ? _values.AtStart<short>(half) : _values.AtEnd<short>(half);
                    short* odd = atStart ? _others.AtStart<short>(half) : _others.AtEnd<short>(half);
                    Run(rows[..(2 * pairs)], weights, atStart,
                        blend => KernelTable.Resize(set).SplitRows(blend, 2 * half, even, odd));
                    Require([.. expected.Where((_, i) => i % 2 == 0)], even, $"{set}: even of {2 * half} bytes");
                    Require([.. expected.Where((_, i) => i % 2 != 0)], odd, $"{set}: odd of {2 * half} bytes");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Columns_of_every_small_width_match_the_formula(KernelSet set)
    {
        foreach (int width in Grid.Sizes(40))
        {
            foreach (int input in (int[])[1, 2, 3, 7, 16, 40, 70])
            {
                for (int components = 1; components <= 3; components++)
                {
                    RequireColumns(set, input, width, components, antialias: true);
                    RequireColumns(set, input, width, components, antialias: false);
                }
            }
        }
    }

    [Fact]
    public void The_greatest_and_the_least_byte_do_not_overflow()
    {
        foreach (KernelSet set in KernelTable.SupportedSets)
        {
            foreach (byte value in (byte[])[0, 127, 255])
            {
                byte[][] rows = [[.. Enumerable.Repeat(value, 128)], [.. Enumerable.Repeat(value, 128)]];
                short* to = _values.AtEnd<short>(128);
                Run(rows, [-32768, 0], false, blend => KernelTable.Resize(set).Rows(blend, 128, to));
                Assert.All(new ReadOnlySpan<short>(to, 128).ToArray(), v => Assert.Equal((127 - value) * 256, v));
                ColumnBlend columns = new(
                    new FixedAxis(new ResampleAxis(128, 50, new AxisWindow(0, 128), true), 1), 0, 1);
                short* row = _others.AtEnd<short>(columns.RowLength);
                new Span<short>(row, columns.RowLength).Fill((short)((127 - value) * 256));
                float* planes = _planes.AtEnd<float>(columns.PlaneLength);
                KernelTable.Resize(set).Columns(columns, row, planes, columns.PlaneLength);
                Assert.All(new ReadOnlySpan<float>(planes, 50).ToArray(), v => Assert.Equal(value - 127, v));
            }
        }
    }

    public void Dispose()
    {
        Array.ForEach(_rows, static row => row.Dispose());
        _values.Dispose();
        _others.Dispose();
        _planes.Dispose();
    }

    private void RequireColumns(KernelSet set, int input, int width, int components, bool antialias)
    {
        FixedAxis axis = new(new ResampleAxis(input, width, new AxisWindow(0, input), antialias), 1);
        ColumnBlend blend = new(axis, axis.Start, components);
        Random random = new((input * 100) + width);
        short[] row = new short[blend.RowLength];
        foreach (ref short value in row.AsSpan())
            value = (short)random.Next(-32768, 32513);
        int stride = blend.PlaneLength + PlaneGap, length = ((components - 1) * stride) + blend.PlaneLength;
        float* planes = _planes.AtEnd<float>(length);
        new Span<float>(planes, length).Fill(float.NaN);
        KernelTable.Resize(set).Columns(blend, _values.AtEnd<short>(row), planes, stride);
        for (int c = 0; c < components; c++)
        {
            for (int x = 0; x < width; x++)
            {
                long sum = 0;
                for (int k = 0; k < axis.Count; k++)
                    sum += (long)axis.Weights(x)[k] * row[((axis.First(x) - axis.Start + k) * components) + c];
                if (planes[(c * stride) + x] != (float)sum / (1 << 23))
                    Assert.Fail($"{set}: {input} to {width}, component {c} of {components} at {x}, {antialias}");
            }

            for (int gap = 0; gap < PlaneGap && c < components - 1; gap++)
                Assert.True(float.IsNaN(planes[(c * stride) + blend.PlaneLength + gap]));
        }
    }

    private delegate void Blender(RowBlend blend);

    private void Run(byte[][] rows, short[] weights, bool atStart, Blender run)
    {
        byte** pointers = stackalloc byte*[rows.Length];
        for (int k = 0; k < rows.Length; k++)
            pointers[k] = atStart ? _rows[k].AtStart<byte>(rows[k]) : _rows[k].AtEnd<byte>(rows[k]);
        fixed (short* w = weights)
            run(new RowBlend(pointers, w, rows.Length / 2));
    }

    private static void Require(short[] expected, short* actual, string what)
    {
        if (!new ReadOnlySpan<short>(actual, expected.Length).SequenceEqual(expected))
            Assert.Fail(what);
    }

    // (127 - v) 256, halves of the last place upwards.
    private static short[] Blend(byte[][] rows, short[] weights)
    {
        short[] blended = new short[rows[0].Length];
        for (int i = 0; i < blended.Length; i++)
        {
            double mean = Enumerable.Range(0, rows.Length).Sum(k => -weights[k] * rows[k][i]) / 32768.0;
            blended[i] = (short)Math.Floor(((127 - mean) * 256) + 0.5);
        }

        return blended;
    }

    private static byte[][] Noise(int rows, int length)
    {
        Random random = new(length);
        byte[][] noise = new byte[rows][];
        for (int k = 0; k < rows; k++)
            random.NextBytes(noise[k] = new byte[length]);
        return noise;
    }

    // Whole negative numbers that sum to -32768.
    private static short[] Weights(int count, int seed)
    {
        Random random = new(seed);
        short[] weights = new short[count];
        int left = 32768;
        for (int k = 0; k < count - 1; k++)
        {
            int weight = random.Next(0, left + 1);
            weights[k] = (short)-weight;
            left -= weight;
        }

        weights[^1] = (short)-left;
        return weights;
    }
}
