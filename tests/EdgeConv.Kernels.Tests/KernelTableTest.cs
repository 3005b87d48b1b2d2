using EdgeConv.Core;
using EdgeConv.Kernels.Convolution;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed class KernelTableTest
{
    private static readonly ConvolutionShape Shape = new()
    {
        InputChannels = 4,
        OutputChannels = 4,
        Groups = 4,
        InputHeight = 8,
        InputWidth = 8,
        OutputHeight = 6,
        OutputWidth = 6,
        KernelHeight = 3,
        KernelWidth = 3,
    };

    [Fact]
    public void The_best_set_comes_first_and_plain_code_last()
    {
        Assert.Equal(KernelSet.Scalar, KernelTable.SupportedSets[^1]);
        Assert.Equal(KernelTable.SupportedSets[0], KernelTable.Choose(null));
        Assert.Equal(KernelTable.SupportedSets[0], KernelTable.Choose(""));
    }

    [Theory]
    [InlineData("scalar")]
    [InlineData("Scalar")]
    public void The_environment_may_name_a_set_in_any_case(string name) =>
        Assert.Equal(KernelSet.Scalar, KernelTable.Choose(name));

    [Theory]
    [InlineData("avx9")]
    [InlineData("0")]
    public void A_set_that_does_not_exist_is_a_mistake_that_names_the_right_ones(string name)
    {
        ConfigError error = Assert.Throws<ConfigError>(() => KernelTable.Choose(name));
        Assert.Contains(KernelTable.Variable, error.Message, StringComparison.Ordinal);
        Assert.Contains("scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_machines_set_is_refused()
    {
        KernelSet other = Enum.GetValues<KernelSet>().Except(KernelTable.SupportedSets).First();
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelTable.Elementwise(other));
    }

    [Fact]
    public void The_first_row_that_accepts_a_layer_computes_it() =>
        Assert.Equal("F32Depthwise", KernelTable.Convolution(Shape).Name);

    [Fact]
    public void Every_row_that_accepts_a_layer_gives_the_same_result()
    {
        float[] weights = Support.Numbers.Integers(36, 1), x = Support.Numbers.Integers(256, 2);
        float[]? first = null;
        foreach (ConvolutionRow row in KernelTable.Convolutions().Where(row => row.Accepts(Shape)))
        {
            using ConvolutionLayer layer = row.Create(Shape, weights, [1, 2, 3, 4]);
            using Support.LayerHarness harness = new();
            float[] y = harness.Run(layer, x, Activation.None).ToArray();
            first ??= y;
            Assert.Equal(first, y);
        }
    }

    [Fact]
    public void Names_end_with_their_instruction_set()
    {
        foreach (KernelSet set in KernelTable.SupportedSets)
        {
            string word = set.ToString();
            Assert.EndsWith(word, KernelTable.Pointwise(set).Name, StringComparison.Ordinal);
            // Passes over channels that seldom fill 16 lanes take 8.
            if (set == KernelSet.Avx512)
                word = nameof(KernelSet.Avx2);
            Assert.EndsWith(word, KernelTable.Elementwise(set).Name, StringComparison.Ordinal);
            Assert.EndsWith(word, KernelTable.Pooling(set).Name, StringComparison.Ordinal);
            Assert.EndsWith(word, KernelTable.ChannelStatistics(set).Name, StringComparison.Ordinal);
            Assert.EndsWith($"{set}", KernelTable.ChannelSums(set).Name, StringComparison.Ordinal);
        }
    }
}
