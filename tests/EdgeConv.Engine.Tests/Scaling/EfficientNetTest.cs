using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Scaling;
using Xunit;
using ConvolutionOperator = EdgeConv.Engine.Operators.Convolution;

namespace EdgeConv.Engine.Tests.Scaling;

/// <summary>B1 to B7 made of B0, held against what torchvision counts in its own.</summary>
public sealed class EfficientNetTest
{
    private readonly ModelGraph _b0 = EfficientNetModel.B0().Read().Graph;

    public EfficientNetTest() => ShapeInference.Run(_b0, new SessionOptions());

    // Parameters: sum(p.numel()) of torchvision 0.14. GMAC and resolutions: its documentation of the weights.
    [Theory]
    [InlineData(1.0, 1.0, 224, 16, 5_288_548, 0.386)]
    [InlineData(1.0, 1.1, 240, 23, 7_794_184, 0.687)]
    [InlineData(1.1, 1.2, 288, 23, 9_109_994, 1.088)]
    [InlineData(1.2, 1.4, 300, 26, 12_233_232, 1.827)]
    [InlineData(1.4, 1.8, 380, 32, 19_341_616, 4.394)]
    [InlineData(1.6, 2.2, 456, 39, 30_389_784, 10.266)]
    [InlineData(1.8, 2.6, 528, 45, 43_040_704, 19.068)]
    [InlineData(2.0, 3.1, 600, 55, 66_347_960, 37.746)]
    public void The_published_networks_come_of_the_first(
        double width, double depth, int resolution, int blocks, long parameters, double giga)
    {
        ModelGraph made = Scale(new NetworkScale(depth, width, resolution / 224.0));
        Assert.Equal(blocks, made.Nodes.Count(IsDepthwise));
        Assert.Equal(parameters, CountAsTrained(made));
        Assert.Equal(giga, CostOf(made) / 1e9, 3);
    }

    [Fact]
    public void Its_stages_are_those_of_the_paper() =>
        Assert.Equal([1, 2, 2, 3, 3, 4, 1], BlockFinder.Stages(_b0).Select(stage => stage.Blocks.Count));

    // Depth is rounded up: that adds at most a block a stage, and below 1 leaves stages of one block as they are.
    [Theory]
    [InlineData(-2, 1, 2)]
    [InlineData(-1, 1, 2)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 1.3)]
    [InlineData(2, 1, 1.3)]
    [InlineData(3, 1, 1.3)]
    public void Multiply_adds_grow_by_1_92_a_step_and_what_rounding_adds(int phi, double least, double most)
    {
        double growth = CostOf(Scale(ScalingConstants.EfficientNet.At(phi))) / CostOf(_b0);
        Assert.InRange(growth / Math.Pow(1.92, phi), least, most);
    }

    private ModelGraph Scale(NetworkScale scale)
    {
        using ScaledWeights weights = new();
        return new GraphScaler(_b0, BlockFinder.Stages(_b0), scale, weights).Scale();
    }

    private static double CostOf(ModelGraph graph) => graph.Nodes.Sum(node => node.Operator!.MultiplyAdds);

    private static bool IsDepthwise(Node node) => node.Operator is ConvolutionOperator { Geometry.IsDepthwise: true };

    // A bias of an image's convolution stands for a normalisation, which has scale and bias while it is trained.
    private static long CountAsTrained(ModelGraph graph) => graph.Nodes.Sum(node =>
        node.Inputs.OfType<Value>().Where(input => input.IsConstant).Sum(input => input.Shape!.ElementCount)
            + (node.Operator is ConvolutionOperator { Geometry.OutputPositions: > 1 }
                ? node.Outputs[0]!.Shape![1]
                : 0));
}
