using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class TapArgumentsTest
{
    private static readonly PointwiseLayer Expand = new("a", "expand", 8, 16, 100);
    private static readonly PointwiseLayer Project = new("b", "project", 16, 8, 100) { IsSeparable = true };
    private static readonly PointwiseLayer Squeeze = new("c", "squeeze", 8, 2, 1);
    private static readonly PointwiseLayer Head = new("d", "head", 8, 32, 25);
    private static readonly PointwiseLayer Boxes = new("f", "boxes", 32, 4, 25) { IsHead = true };
    private static readonly PointwiseLayer Last = new("e", "last", 32, 99, 1);

    [Theory]
    [InlineData("a/b", "a/b", TapStatistic.Mean, GateMode.Relative)]
    [InlineData("a=mean+variance", "a", TapStatistic.MeanAndVariance, GateMode.Relative)]
    [InlineData("a=mean:tied", "a", TapStatistic.Mean, GateMode.Tied)]
    [InlineData("a:class-diagonal", "a", TapStatistic.Mean, GateMode.ClassDiagonal)]
    [InlineData("BiasAdd:0", "BiasAdd:0", TapStatistic.Mean, GateMode.Relative)]
    [InlineData("BiasAdd:0=mean+variance:diagonal", "BiasAdd:0", TapStatistic.MeanAndVariance, GateMode.Diagonal)]
    [InlineData("x=y=mean", "x=y", TapStatistic.Mean, GateMode.Relative)]
    public void A_tap_names_its_value_and_perhaps_statistic_and_distance(
        string text, string name, TapStatistic statistic, GateMode mode) =>
        Assert.Equal(
            new TapChoice(name, 0) { Statistic = statistic, Mode = mode },
            TapArguments.Parse(text, GateMode.Relative));

    [Fact]
    public void A_tap_may_be_scaled()
    {
        TapChoice scaled = new("a:0", 0) { Mode = GateMode.Tied, IsNormalized = true };
        Assert.Equal(scaled, TapArguments.Parse("a:0:scaled", GateMode.Tied));
        Assert.Equal(
            scaled with { Statistic = TapStatistic.MeanAndVariance, Mode = GateMode.Relative },
            TapArguments.Parse("a:0=mean+variance:relative:scaled", GateMode.Tied));
    }

    [Fact]
    public void Another_statistic_is_refused_in_one_line()
    {
        ConfigError error = Assert.Throws<ConfigError>(() => TapArguments.Parse("a=median", GateMode.Tied));
        Assert.StartsWith("--tap 'a=median': 'median' is neither mean nor mean+variance", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_and_the_last_separable_layer_are_tapped()
    {
        PointwiseLayer second = Project with { Output = "second", OutputChannels = 12 };
        IReadOnlyList<TapChoice> taps = TapSelection.Of(
            "m", [Expand, Project, Squeeze, second, Head, Boxes, Last], null);
        Assert.Equal(
            [
                new TapChoice("project", 8) { Statistic = TapStatistic.MeanAndVariance },
                new TapChoice("second", 12) { Statistic = TapStatistic.MeanAndVariance, IsNormalized = true },
            ],
            taps);
    }

    [Fact]
    public void With_one_separable_layer_the_deepest_feature_map_is_the_deep_one() =>
        Assert.Equal(["project", "head"], Names(TapSelection.Of("m", [Expand, Project, Squeeze, Head, Boxes, Last], null)));

    [Fact]
    public void Without_a_separable_layer_the_first_is_the_early_one() =>
        Assert.Equal(["expand", "head"], Names(TapSelection.Of("m", [Expand, Head], null)));

    [Fact]
    public void One_suitable_layer_gives_one_tap() =>
        Assert.Equal(["project"], Names(TapSelection.Of("m", [Squeeze, Project, Last], null)));

    [Fact]
    public void The_literal_gate_taps_the_deepest_layer_alone()
    {
        TapChoice tap = Assert.Single(TapSelection.Of("m", [Project, Head], GateMode.Diagonal));
        Assert.Equal(("head", GateMode.Diagonal, TapStatistic.Mean), (tap.Name, tap.Mode, tap.Statistic));
    }

    [Fact]
    public void A_distance_that_is_asked_for_is_that_of_both_taps() =>
        Assert.All(
            TapSelection.Of("m", [Project, Head], GateMode.Relative),
            tap => Assert.Equal(GateMode.Relative, tap.Mode));

    [Fact]
    public void A_model_without_a_suitable_layer_is_refused()
    {
        ModelError error = Assert.Throws<ModelError>(() => TapSelection.Of("m.onnx", [Squeeze], null));
        Assert.Equal("m.onnx: has no 1x1 convolution to tap; name a value with --tap", error.Message);
    }

    [Theory]
    [InlineData("fashion/fashion-s", "/blocks/blocks.0/project/conv/Conv_output_0", "/blocks/blocks.4/project/conv/Conv_output_0")]
    [InlineData("heart/heart", "/blocks/blocks.0/pointwise/conv/Conv_output_0", "/blocks/blocks.3/pointwise/conv/Conv_output_0")]
    public void The_taps_of_our_models_are_the_documented_ones(string model, params string[] expected)
    {
        string path = Repository.PathOf(["deploy", "models", .. $"{model}.onnx".Split('/')]);
        Assert.Equal(expected, Names(TapSelection.Of(path, ModelInspection.PointwiseLayers(path), null)));
    }

    private static IEnumerable<string> Names(IEnumerable<TapChoice> taps) => taps.Select(tap => tap.Name);
}
