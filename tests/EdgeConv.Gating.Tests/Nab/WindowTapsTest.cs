using CsCheck;
using EdgeConv.Benchmarks.Gate.Nab;
using Xunit;

namespace EdgeConv.Gating.Tests.Nab;

public sealed class WindowTapsTest
{
    private static readonly Gen<double[]> Series = Gen.Double[-50, 50].Array[60];

    [Fact]
    public void Features_are_means_and_log_variances_of_values_and_haar_details() => Series.Holds(values =>
    {
        const int Known = 40, Row = 55;
        double mean = values[..Known].Average();
        double deviation = Math.Sqrt(values[..Known].Average(v => (v - mean) * (v - mean)));
        double[] window = [.. values[(Row - 31)..(Row + 1)].Select(v => (v - mean) / deviation)];
        float[] features = new WindowTaps(values, Known).At(Row);
        for (int channel = 0; channel < WindowTaps.Channels; channel++)
        {
            double[] responses = channel == 0 ? window : Details(window, 1 << (channel - 1));
            double average = responses.Average();
            double variance = responses.Average(r => (r - average) * (r - average));
            Assert.Equal(average, features[channel], 1e-5);
            Assert.Equal(Math.Log(variance + 1e-6), features[WindowTaps.Channels + channel], 1e-4);
        }
    }, count: 100);

    [Fact]
    public void A_window_reads_its_own_rows_and_those_that_scale() => Series.Holds(values =>
    {
        double[] other = [.. values];
        (other[13], other[46]) = (other[13] + 9, -99);
        Assert.Equal(new WindowTaps(values, 10).At(45), new WindowTaps(other, 10).At(45), Near);
    }, count: 100);

    [Fact]
    public void A_series_that_stands_still_has_finite_features() =>
        Assert.All(new WindowTaps(new double[60], 40).At(50), feature =>
            Assert.True(float.IsFinite(feature)));

    // Running sums round a little otherwise when an earlier row is another.
    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-4;

    private static double[] Details(double[] window, int block) =>
        [.. Enumerable.Range(0, window.Length - 2 * block + 1).Select(at =>
            window[(at + block)..(at + 2 * block)].Average() - window[at..(at + block)].Average())];
}
