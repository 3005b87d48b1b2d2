using CsCheck;
using EdgeConv.Pipeline.Governing;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class MedianWindowTest
{
    [Fact]
    public void The_median_is_that_of_the_latest_values()
    {
        Gen.Select(Gen.Double[-10, 10].List[1, 60], Gen.Int[1, 20]).Sample((values, count) =>
        {
            MedianWindow window = Filled(values);
            double[] latest = [.. values.TakeLast(Math.Min(count, MedianWindow.Length)).Order()];
            double expected = (latest[(latest.Length - 1) / 2] + latest[latest.Length / 2]) / 2;
            Assert.Equal(expected, window.Median(count));
            Assert.Equal(Math.Min(values.Count, MedianWindow.Length), window.Count);
        });
    }

    [Fact]
    public void The_middle_of_a_full_window_lies_halfway_back()
    {
        Gen.Double[-10, 10].List[MedianWindow.Length, 60].Sample(values =>
            Assert.Equal(values[^(MedianWindow.Length / 2 + 1)], Filled(values).Middle));
    }

    [Fact]
    public void What_is_kept_are_the_latest()
    {
        Gen.Select(Gen.Double[-10, 10].List[1, 60], Gen.Int[0, 20], Gen.Double[-10, 10].List[0, 20]).Sample(
            (before, kept, after) =>
            {
                MedianWindow window = Filled(before);
                window.KeepLatest(kept);
                foreach (double value in after)
                    window.Add(value);
                int left = Math.Min(kept, Math.Min(before.Count, MedianWindow.Length));
                MedianWindow expected = Filled([.. before.TakeLast(left), .. after]);
                Assert.Equal(expected.Count, window.Count);
                Assert.Equal(expected.Median(), window.Median());
            });
    }

    [Fact]
    public void An_empty_window_has_no_median() => Assert.True(double.IsNaN(new MedianWindow().Median()));

    private static MedianWindow Filled(List<double> values)
    {
        MedianWindow window = new();
        foreach (double value in values)
            window.Add(value);
        return window;
    }
}
