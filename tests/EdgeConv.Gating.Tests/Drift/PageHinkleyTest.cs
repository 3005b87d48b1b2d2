using CsCheck;
using EdgeConv.Gating.Drift;
using Xunit;

namespace EdgeConv.Gating.Tests.Drift;

public sealed class PageHinkleyTest
{
    /// <summary>
    /// The example of river's documentation: Python's <c>random.Random(12345)</c>, 1000 choices of 0 and 1,
    /// then of 4 to 7; a change is found at index 1006.
    /// </summary>
    private const string River = """
        001000100010101010101000011101110001110111101011011100110010001011110110010101011100100011
        000011010110010000110010000100100111100011100101100010000111101000011100100010000110000001
        010101110110111000110110000101001001000000010101111111011001110001001111110011001000010110
        111111011101000100101011100100001011111111111001110000001101100011001000100001011110001010
        101110000111100100111110000010011100011011101100010111001101010000000110001011110110000110
        101110110000111100111111000011100001011101111001100110101010101000000011110010100010101000
        001100000100010000001110010111100000110001010001011000101111100101110100011000101111011001
        110100111100101111110011100001001010000011011001111100111110010011110011110011011101001110
        100111001111111101011100000000101101000110100110101111100011111110111110000001010011000100
        000010001010101011111010111110100010011110000101010111000100010010000110110101100001111000
        101000100110011101011011000011000011101110111101100010000100111100011100000101001010111011
        01111110114674675
        """;

    [Fact]
    public void The_change_is_found_where_river_finds_it()
    {
        PageHinkley test = new();
        double[] statistics = [.. River.Where(char.IsAsciiDigit).Select(digit =>
        {
            test.Add(digit - '0');
            return test.Statistic;
        })];
        Assert.Equal(1006, Array.FindIndex(statistics, s => s > PageHinkley.Threshold));
        // The same recursion in Python.
        Assert.Equal(51.01532344990526, statistics[1006], 1e-9);
    }

    [Fact]
    public void A_fall_counts_as_much_as_a_rise() => Gen.Double[-9, 9].Array[30, 80].Holds(values =>
    {
        PageHinkley test = new(), mirrored = new();
        foreach (double value in values)
        {
            test.Add(value);
            mirrored.Add(-value);
        }

        Assert.Equal(test.Statistic, mirrored.Statistic, 1e-9);
    }, count: 200);

    [Fact]
    public void Nothing_is_said_before_thirty_values()
    {
        PageHinkley test = new();
        for (int i = 0; i < 29; i++)
            test.Add(i * i);
        Assert.Equal(0, test.Statistic);
        test.Add(900);
        Assert.True(test.Statistic > PageHinkley.Threshold);
    }
}
