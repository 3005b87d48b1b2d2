using System.Globalization;
using EdgeConv.Engine.Scaling;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Scaling;

public sealed class NetworkScaleTest
{
    [Fact]
    public void Sizes_are_rounded_as_the_table_says()
    {
        string table = Repository.PathOf("tests", "EdgeConv.Engine.Tests", "Scaling", "rounding.txt");
        string[][] rows = [.. File.ReadLines(table).Where(line => line[0] != '#').Select(line => line.Split(' '))];
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(int.Parse(row[3], CultureInfo.InvariantCulture), Rounded(row)));
    }

    [Fact]
    public void Constants_are_raised_to_phi()
    {
        NetworkScale scale = ScalingConstants.EfficientNet.At(2);
        Assert.Equal(1.44, scale.Depth, 12);
        Assert.Equal(1.21, scale.Width, 12);
        Assert.Equal(1.3225, scale.Resolution, 12);
        Assert.Equal(new NetworkScale(1, 1, 1), ScalingConstants.EfficientNet.At(0));
    }

    // Tan and Le, section 3.3: alpha beta² gamma² is 1.92, where about 2 is wanted.
    [Fact]
    public void Multiply_adds_grow_by_1_92_with_each_step()
    {
        Assert.Equal(1.92, ScalingConstants.EfficientNet.At(1).Growth(), 3);
        Assert.Equal(1.92 * 1.92 * 1.92, ScalingConstants.EfficientNet.At(3).Growth(), 2);
        Assert.Equal(1.2 * 1.1 * 1.1 * 1.15, ScalingConstants.EfficientNet.At(1).Growth(axes: 1), 12);
    }

    private static int Rounded(string[] row)
    {
        int size = int.Parse(row[1], CultureInfo.InvariantCulture);
        double factor = double.Parse(row[2], CultureInfo.InvariantCulture);
        NetworkScale scale = new(factor, factor, factor);
        return row[0] switch
        {
            "channels" => scale.Channels(size),
            "repeats" => scale.Repeats(size),
            _ => scale.Extent(size),
        };
    }
}
