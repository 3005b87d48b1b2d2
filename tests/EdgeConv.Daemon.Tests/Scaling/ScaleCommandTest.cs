using System.Text.Json;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests.Scaling;

public sealed class ScaleCommandTest
{
    private const string Scaled = "convolutions, activations, pooling and linear layers in one line can be scaled";

    private static string Smallest => Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx");

    [Fact]
    public void Each_scale_is_counted_as_inspect_counts_and_measured()
    {
        JsonElement report = JsonDocument.Parse(CommandRun.Success(
            "scale", Smallest, "--phi", "1,-1..0", "--json", "--budget-ms", "60000")).RootElement;
        JsonElement inspected = JsonDocument.Parse(CommandRun.Success("inspect", Smallest, "--json"))
            .RootElement.GetProperty("totals");
        JsonElement[] points = [.. report.GetProperty("points").EnumerateArray()];
        Assert.Equal([-1.0, 0, 1], points.Select(point => point.GetProperty("phi").GetDouble()));
        foreach (string count in (string[])["multiply_adds", "parameters", "arena_bytes"])
            Assert.Equal(inspected.GetProperty(count).GetInt64(), points[1].GetProperty(count).GetInt64());
        Assert.Equal([5, 5, 9], points.Select(point => point.GetProperty("blocks").GetInt32()));
        Assert.Equal([16, 20, 24], points.Select(point => point.GetProperty("input")[0].GetInt32()));
        Assert.All(points, point => Assert.InRange(FiguresOf(point, "service_ms"), 1e-3, 60000));
        // 0.75 W on one thread; or measured, where the machine has a rail.
        Assert.All(points, point => Assert.True(
            !point.GetProperty("figures").GetProperty("energy_estimated").GetBoolean()
            || Math.Abs(FiguresOf(point, "energy_mj") - 0.75 * FiguresOf(point, "service_ms")) < 1e-9));
        Assert.Equal(1, report.GetProperty("phi_within_budget").GetDouble());
    }

    [Fact]
    public void The_table_tells_what_was_done()
    {
        string[] lines = CommandRun.Success("scale", Smallest, "--phi", "0", "--budget-ms", "1e-6").Split('\n');
        Assert.Equal(
            "fashion-s: 5 blocks in 4 stages; depth 1.2^φ, width 1.1^φ, resolution 1.15^φ: "
                + "multiply-adds grow 1.92^φ before rounding",
            lines[0]);
        Assert.Matches(
            @"^ +0 +1\.000 +1\.000 +1\.000 +20x20 +5 +1190080 +39698 +58\.0 +\d+\.\d{4} +~?\d+\.\d{4}$", lines[2]);
        Assert.Contains("not trained", lines[3], StringComparison.Ordinal);
        Assert.Equal("within 1E-06 ms: none of them", lines[^2]);
    }

    [Fact]
    public void Constants_that_do_not_double_are_noticed()
    {
        (int status, _, string errors) = CommandRun.Run(
            "scale", Smallest, "--phi", "0", "--alpha", "1.25", "--beta", "1.25", "--gamma", "1.18");
        Assert.Equal((0, "edgeconv: multiply-adds grow 2.72^φ by these constants, not about 2^φ\n"), (status, errors));
    }

    [Theory]
    [InlineData("--phi two", "--phi two: is no number and no range; -1, 0.5 or -2..3 would be right")]
    [InlineData("--phi 1..", "--phi 1..: is no number and no range; -1, 0.5 or -2..3 would be right")]
    [InlineData("--phi nan", "--phi nan: is no number and no range; -1, 0.5 or -2..3 would be right")]
    [InlineData("--phi 3..-2", "--phi 3..-2: ends before it begins; -2..3 would be right")]
    [InlineData("--phi -50..50", "--phi -50..50: makes more than 32 scales; 32 would be right")]
    [InlineData("--phi -20", "--phi -20: leaves nothing of the input of 20x20")]
    [InlineData("--phi 40", "--phi 40: makes a network of some 2.6e+17 multiply-adds and 1.2e+11 weights, at most")]
    [InlineData("--alpha 0.5", "--alpha 0.5: must lie in 1..4")]
    [InlineData("--gamma nan", "--gamma NaN: must lie in 1..4")]
    [InlineData("--threads 0", "--threads 0: ")]
    [InlineData("--budget-ms 0", "--budget-ms 0: must be above 0")]
    public void A_wrong_option_gets_one_line(string words, string problem) => Assert.StartsWith(
        $"edgeconv: {problem}", CommandRun.Refusal(["scale", Smallest, .. words.Split(' ')]), StringComparison.Ordinal);

    [Theory(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    [InlineData("yunet_n_320_320.onnx", "1 inputs and 12 outputs; with one of each it can be scaled")]
    [InlineData("mobilenet_v2_1.0_224_quant_qdq.onnx",
        $"node 'quantizelinear_3_n' (QuantizeLinear): is no operator that can be given other channels; {Scaled}")]
    public void A_network_that_cannot_be_scaled_is_named(string model, string problem)
    {
        string path = SharedData.PathOf("models", model);
        Assert.Equal($"edgeconv: {path}: {problem}", CommandRun.Refusal("scale", path));
    }

    private static double FiguresOf(JsonElement point, string name) =>
        point.GetProperty("figures").GetProperty(name).GetDouble();
}
