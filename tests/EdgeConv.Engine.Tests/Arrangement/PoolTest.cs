using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class PoolTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Max_and_average_match_the_definition_at_every_small_size(int kernel)
    {
        foreach (int size in Enumerable.Range(1, 6))
        {
            foreach ((int stride, int dilation, int begin, int end, bool ceiling) in Cases(kernel))
            {
                if (size + begin + end < ((kernel - 1) * dilation) + 1)
                    continue;
                Check(size, kernel, stride, dilation, begin, end, ceiling);
            }
        }
    }

    [Fact]
    public void Wide_rows_match_the_definition()
    {
        foreach (int size in new[] { 15, 16, 17, 33 })
            Check(size, 3, 2, 1, 1, 1, ceiling: true);
    }

    [Theory]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Float64)]
    public void Max_takes_every_pooled_type(DataType type)
    {
        using Tensor x = Run.Counting(type, 1, 1, 6, 20);
        using Tensor y = Run.One("MaxPool", [x], ("kernel_shape", new long[] { 1, 20 }));
        Assert.Equal(new Shape(1, 1, 6, 1), y.Shape);
        using Tensor all = Run.One("MaxPool", [x], ("kernel_shape", new long[] { 6, 20 }));
        if (type == DataType.Float64)
            Assert.Equal(119, all.AsSpan<double>()[0]);
        else
            Assert.Equal(119, all.AsBytes()[0]);
    }

    [Fact]
    public void The_greatest_element_of_a_window_with_a_NaN_is_NaN()
    {
        const int Width = 19;
        for (int place = 0; place < 2 * Width; place++)
        {
            using Tensor x = Run.Random(6, 1, 1, 2, Width);
            x.AsSpan<float>()[place] = float.NaN;
            using Tensor y = Run.One("MaxPool", [x], ("kernel_shape", new long[] { 2, 3 }));
            Tensor[] both = Run.Many("MaxPool", Run.LatestOpset, 2, [x], ("kernel_shape", new long[] { 2, 3 }));
            for (int i = 0; i < y.Length; i++)
            {
                bool holdsNaN = place % Width >= i && place % Width < i + 3;
                Assert.Equal(holdsNaN, float.IsNaN(y.AsSpan<float>()[i]));
                Assert.Equal(y.AsSpan<float>()[i], both[0].AsSpan<float>()[i]);
            }

            Array.ForEach(both, tensor => tensor.Dispose());
        }
    }

    [Fact]
    public void Three_spatial_axes_pool_like_their_definition()
    {
        using Tensor x = Run.Random(5, 1, 2, 4, 5, 3);
        using Tensor y = Run.One("MaxPool", [x], ("kernel_shape", new long[] { 2, 3, 1 }));
        using Tensor mean = Run.One("AveragePool", [x], ("kernel_shape", new long[] { 2, 3, 1 }));
        Assert.Equal(new Shape(1, 2, 3, 3, 3), y.Shape);
        for (int i = 0; i < y.Length; i++)
        {
            (int w, int h, int d, int c) = (i % 3, i / 3 % 3, i / 9 % 3, i / 27);
            List<float> window = [];
            for (int k = 0; k < 6; k++)
                window.Add(x.AsSpan<float>()[(((((c * 4) + d + (k / 3)) * 5) + h + (k % 3)) * 3) + w]);
            Assert.Equal(window.Max(), y.AsSpan<float>()[i]);
            Assert.Equal(window.Average(), mean.AsSpan<float>()[i], 1e-5f);
        }
    }

    [Fact]
    public void Unpooling_puts_every_maximum_back()
    {
        using Tensor x = Run.Random(3, 2, 3, 4, 6);
        (string, object)[] attributes =
            [("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })];
        Tensor[] pooled = Run.Many("MaxPool", 12, 2, [x], attributes);
        using Tensor back = Run.One("MaxUnpool", 11, [pooled[0], pooled[1]], attributes);
        Assert.Equal(x.Shape, back.Shape);
        int kept = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float value = back.AsSpan<float>()[i];
            Assert.True(value == 0 || value == x.AsSpan<float>()[i]);
            kept += value == 0 ? 0 : 1;
        }

        Assert.Equal(pooled[0].Length, kept);
        pooled[1].AsSpan<long>()[0] = x.Length;
        Run.Refused("MaxUnpool", 11, [pooled[0], pooled[1]], attributes);
    }

    [Fact]
    public void Column_major_indices_count_down_the_columns()
    {
        using Tensor x = Run.Counting(DataType.Float32, 1, 1, 3, 4);
        (string, object)[] attributes = [("kernel_shape", new long[] { 2, 2 }), ("storage_order", 1L)];
        Tensor[] y = Run.Many("MaxPool", 12, 2, [x], attributes);
        Assert.Equal([4, 7, 10, 5, 8, 11], y[1].AsSpan<long>().ToArray());
    }

    [Fact]
    public void Global_pools_reduce_every_channel()
    {
        using Tensor x = Run.Random(8, 2, 3, 5, 7);
        using Tensor mean = Run.One("GlobalAveragePool", [x]);
        using Tensor most = Run.One("GlobalMaxPool", [x]);
        using Tensor norm = Run.One("GlobalLpPool", [x], ("p", 2L));
        using Tensor window = Run.One("LpPool", [x], ("kernel_shape", new long[] { 5, 7 }), ("p", 2L));
        Run.AssertNear(norm, window, 1e-5f);
        for (int c = 0; c < 6; c++)
        {
            float[] channel = x.AsSpan<float>().Slice(c * 35, 35).ToArray();
            Assert.Equal(channel.Average(), mean.AsSpan<float>()[c], 1e-6f);
            Assert.Equal(channel.Max(), most.AsSpan<float>()[c]);
            Assert.Equal(MathF.Sqrt(channel.Sum(v => v * v)), norm.AsSpan<float>()[c], 1e-5f);
        }

        using Tensor empty = new(DataType.Float32, new Shape(1, 2, 0, 3));
        Run.Refused("GlobalAveragePool", 13, [empty]);
    }

    [Theory]
    [InlineData("SAME_UPPER", 5, 3, 2, 1, 1)]
    [InlineData("SAME_UPPER", 6, 3, 2, 0, 1)]
    [InlineData("SAME_LOWER", 6, 3, 2, 1, 0)]
    [InlineData("SAME_UPPER", 6, 1, 2, 0, 0)]
    [InlineData("VALID", 6, 3, 2, 0, 0)]
    public void Automatic_padding_follows_the_rule_of_its_name(
        string rule, int size, int kernel, int stride, long begin, long end)
    {
        using Tensor x = Run.Random(4, 1, 1, size);
        (string, object)[] common =
            [("kernel_shape", new long[] { kernel }), ("strides", new long[] { stride })];
        using Tensor automatic = Run.One("MaxPool", [x], [.. common, ("auto_pad", rule)]);
        using Tensor written = Run.One("MaxPool", [x], [.. common, ("pads", new[] { begin, end })]);
        Run.AssertSame(written, automatic);
    }

    [Fact]
    public void Impossible_windows_are_refused()
    {
        using Tensor x = Run.Random(4, 1, 1, 4, 4);
        Run.Refused("MaxPool", 12, [x]);
        Run.Refused("MaxPool", 12, [x], ("kernel_shape", new long[] { 5, 1 }));
        Run.Refused("MaxPool", 12, [x], ("kernel_shape", new long[] { 2 }));
        Run.Refused("MaxPool", 12, [x], ("kernel_shape", new long[] { 0, 1 }));
        Run.Refused(
            "MaxPool", 12, [x], ("kernel_shape", new long[] { 1, 1 }), ("strides", new long[] { 0, 1 }));
        Run.Refused("MaxPool", 12, [x], ("kernel_shape", new long[] { 1, 1 }), ("strides", new long[] { 1 }));
        Run.Refused(
            "MaxPool", 12, [x], ("kernel_shape", new long[] { 2, 2 }), ("pads", new long[] { 2, 0, 0, 0 }));
        Run.Refused(
            "MaxPool", 12, [x], ("kernel_shape", new long[] { 2, 2 }), ("pads", new long[] { -1, 0, 0, 0 }));
        Run.Refused("MaxPool", 12, [x], ("kernel_shape", new long[] { 2, 2 }), ("auto_pad", "SAME"));
        long[] huge = [int.MaxValue, int.MaxValue];
        Run.Refused("MaxPool", 12, [x], ("kernel_shape", new long[] { 2, 2 }), ("dilations", huge));
        Run.Refused(
            "MaxPool", 12, [x], ("kernel_shape", huge), ("dilations", huge), ("auto_pad", "SAME_UPPER"));
        Run.Refused("AveragePool", 12, [x], ("kernel_shape", new long[] { 2, 2 }),
            ("dilations", new long[] { 1, 1 }));
        Run.Refused(
            "MaxPool", 12, [x], ("kernel_shape", new long[] { 2, 2 }), ("auto_pad", "VALID"),
            ("pads", new long[] { 1, 1, 1, 1 }));
    }

    private static IEnumerable<(int Stride, int Dilation, int Begin, int End, bool Ceiling)> Cases(int kernel)
    {
        foreach (int stride in new[] { 1, 2, 3 })
        {
            foreach (int dilation in new[] { 1, 2 })
            {
                for (int pads = 0; pads < kernel * kernel; pads++)
                {
                    yield return (stride, dilation, pads / kernel, pads % kernel, false);
                    yield return (stride, dilation, pads / kernel, pads % kernel, true);
                }
            }
        }
    }

    private static void Check(
        int size, int kernel, int stride, int dilation, int begin, int end, bool ceiling)
    {
        using Tensor x = Run.Random((size * 31) + kernel, 1, 2, size, size + 1);
        (string, object)[] common =
        [
            ("kernel_shape", new long[] { kernel, kernel }), ("strides", new long[] { stride, stride }),
            ("dilations", new long[] { dilation, dilation }), ("pads", new long[] { begin, begin, end, end }),
            ("ceil_mode", ceiling ? 1L : 0L),
        ];
        Axis[] axes = [.. new[] { size, size + 1 }.Select(e =>
            new Axis(e, kernel, stride, dilation, begin, end, ceiling))];
        bool isIndexed = axes.All(axis => Enumerable.Range(0, axis.Count).All(i => axis.Inside(i).Any()));
        using Tensor fast = Run.One("MaxPool", 12, [x], common);
        Tensor[]? most = isIndexed ? Run.Many("MaxPool", 12, 2, [x], common) : null;
        if (!isIndexed)
            Assert.Throws<ModelError>(() => Run.Many("MaxPool", 12, 2, [x], common));
        using Tensor inside = Run.One("AveragePool", 19, [x], common);
        using Tensor padded = Run.One("AveragePool", 19, [x], [.. common, ("count_include_pad", 1L)]);
        Assert.Equal(new Shape(1, 2, axes[0].Count, axes[1].Count), fast.Shape);
        for (int i = 0; i < fast.Length; i++)
        {
            int column = i % axes[1].Count;
            int row = i / axes[1].Count % axes[0].Count;
            int channel = i / axes[1].Count / axes[0].Count;
            List<int> window = [];
            foreach (int h in axes[0].Inside(row))
                window.AddRange(
                    axes[1].Inside(column).Select(w => (((channel * size) + h) * (size + 1)) + w));
            if (window.Count == 0)
                continue;
            float[] values = [.. window.Select(place => x.AsSpan<float>()[place])];
            Assert.Equal(values.Max(), fast.AsSpan<float>()[i]);
            Assert.Equal(values.Max(), most?[0].AsSpan<float>()[i] ?? values.Max());
            Assert.Equal(values.Max(), most is null ? values.Max()
                : x.AsSpan<float>()[(int)most[1].AsSpan<long>()[i]]);
            Assert.Equal(values.Average(), inside.AsSpan<float>()[i], 1e-5f);
            int taps = axes[0].OnPadded(row) * axes[1].OnPadded(column);
            Assert.Equal(values.Sum() / taps, padded.AsSpan<float>()[i], 1e-5f);
        }
    }

    // The definition, written with lists: the taps of each window one by one.
    private sealed record Axis(
        int Size, int Kernel, int Stride, int Dilation, int Begin, int End, bool Ceiling)
    {
        public int Count
        {
            get
            {
                int count = 0;
                int reach = ((Kernel - 1) * Dilation) + 1;
                for (int start = -Begin; start + reach <= Size + End; start += Stride)
                    count++;
                int next = (count * Stride) - Begin;
                bool isPartial = next - Stride + reach < Size + End;
                return Ceiling && isPartial && next < Size ? count + 1 : count;
            }
        }

        public IEnumerable<int> Inside(int window) => Taps(window).Where(place => place >= 0 && place < Size);

        public int OnPadded(int window) => Taps(window).Count(place => place < Size + End);

        private IEnumerable<int> Taps(int window) =>
            Enumerable.Range(0, Kernel).Select(tap => (window * Stride) - Begin + (tap * Dilation));
    }
}
