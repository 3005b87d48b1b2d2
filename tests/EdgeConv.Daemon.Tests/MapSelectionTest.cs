using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Engine.Inspection;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class MapSelectionTest
{
    private static readonly PointwiseLayer Huge = Layer("huge", 112, 112, isSeparable: true);
    private static readonly PointwiseLayer Expand = Layer("expand", 28, 28);
    private static readonly PointwiseLayer Project = Layer("project", 14, 14, isSeparable: true);
    private static readonly PointwiseLayer Deep = Layer("deep", 7, 7, isSeparable: true);
    private static readonly PointwiseLayer Small = Layer("small", 4, 4, isSeparable: true);
    private static readonly PointwiseLayer Boxes = Layer("boxes", 7, 7) with { IsHead = true };

    [Fact]
    public void The_first_separable_layer_of_a_middling_grid_is_mapped() =>
        Assert.Equal("project", MapSelection.Of("m", [Huge, Expand, Project, Deep, Small, Boxes]));

    [Fact]
    public void Without_a_separable_layer_the_first_of_a_middling_grid_is() =>
        Assert.Equal("expand", MapSelection.Of("m", [Expand, Small]));

    [Fact]
    public void Where_all_grids_are_large_the_deepest_is() =>
        Assert.Equal("huge", MapSelection.Of("m", [Huge with { Output = "first" }, Huge, Small]));

    [Fact]
    public void Over_time_the_length_counts() => Assert.Equal(
        "line", MapSelection.Of("m", [Layer("line", 1, 32, isSeparable: true), Layer("end", 1, 4)]));

    [Fact]
    public void A_model_of_small_grids_only_is_refused_in_one_line() => Assert.Equal(
        "m.onnx: has no 1x1 convolution of 7x7 positions or more to map; name a value with --map-tap",
        Assert.Throws<ModelError>(() => MapSelection.Of("m.onnx", [Small, Boxes])).Message);

    private static PointwiseLayer Layer(string name, int height, int width, bool isSeparable = false) =>
        new(name, name, 8, 16, height * width) { Height = height, Width = width, IsSeparable = isSeparable };
}
