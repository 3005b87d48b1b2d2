using EdgeConv.Daemon.Commands;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class UsageErrorTest
{
    private const string Commands =
        "run, demo, check, profile, calibrate-power, inspect, scale, verify, fit, fingerprint, score, recalibrate, "
        + "devices, bench";

    [Theory]
    [InlineData("", $"a command is needed: {Commands}; see 'edgeconv --help'")]
    [InlineData("inpect m.onnx", "unknown command 'inpect'; did you mean 'inspect'?; see 'edgeconv --help'")]
    [InlineData("sing", $"unknown command 'sing'; there are {Commands}; see 'edgeconv --help'")]
    [InlineData("inspect", "MODEL is missing; see 'edgeconv inspect --help'")]
    [InlineData("inspect a.onnx b.onnx", "'b.onnx' is one argument too many; see 'edgeconv inspect --help'")]
    [InlineData("inspect --jsn a.onnx", "unknown option '--jsn'; did you mean '--json'?; see 'edgeconv inspect --help'")]
    [InlineData("run", "--config is missing; see 'edgeconv run --help'")]
    [InlineData("run --confg c.yaml", "unknown option '--confg'; did you mean '--config'?; see 'edgeconv run --help'")]
    [InlineData("run --config", "--config needs a value; see 'edgeconv run --help'")]
    [InlineData("fit m.onnx --out f", "--data is missing; see 'edgeconv fit --help'")]
    [InlineData("bench --secnds 3 m.onnx", "unknown option '--secnds'; did you mean '--seconds'?; see 'edgeconv bench --help'")]
    [InlineData("bench --seconds=abc m.onnx", "--seconds 'abc' is no number; see 'edgeconv bench --help'")]
    [InlineData("bench --threads 2.5 m.onnx", "--threads '2.5' is no whole number; see 'edgeconv bench --help'")]
    [InlineData("bench --threads 99999999999 m.onnx",
        "--threads '99999999999' is no whole number; see 'edgeconv bench --help'")]
    [InlineData("bench --seconds 1 --seconds 2 m.onnx",
        "--seconds stands there 2 times; once is right; see 'edgeconv bench --help'")]
    [InlineData("scale m.onnx --phi", "--phi needs a value; see 'edgeconv scale --help'")]
    [InlineData("scale m.onnx --phi -x", "unknown option '-x'; there are --phi, --alpha, --beta, --gamma, --threads, "
        + "--budget-ms, --out, --plan-cache, --shape, --json; see 'edgeconv scale --help'")]
    [InlineData("scale m.onnx --alpha x", "--alpha 'x' is no number; see 'edgeconv scale --help'")]
    [InlineData("bench --vs tflite m.onnx", "--vs 'tflite'; onnxruntime would be right; see 'edgeconv bench --help'")]
    [InlineData("verify . --backend gpu",
        "--backend 'gpu'; auto or edgeconv or onnxruntime would be right; see 'edgeconv verify --help'")]
    public void A_command_line_that_is_wrong_gets_one_line(string words, string expected) =>
        Assert.Equal(expected, UsageError.Of(Root.Parse(Split(words))));

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("fit --help")]
    [InlineData("inspect m.onnx --help")]
    [InlineData("inspect @m.onnx")]
    [InlineData("bench m.onnx --seconds -1")]
    [InlineData("bench -- --m.onnx")]
    [InlineData("scale m.onnx --phi -1 0.5 -2..3 -1,0")]
    [InlineData("fit m.onnx --data d -o f --tap a --tap b=mean --alpha nan")]
    public void A_command_line_that_is_right_gets_none(string words) =>
        Assert.Null(UsageError.Of(Root.Parse(Split(words))));

    [Fact]
    public void An_empty_argument_is_refused() => Assert.Equal(
        "an argument is empty; see 'edgeconv inspect --help'", UsageError.Of(Root.Parse(["inspect", ""])));

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
