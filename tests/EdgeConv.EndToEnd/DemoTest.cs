using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit;

namespace EdgeConv.EndToEnd;

public sealed partial class DemoTest
{
    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndDemoData), SkipType = typeof(Binary))]
    public void The_demo_prints_what_a_subscriber_receives_and_the_gate_tells_known_from_unknown()
    {
        (int status, string output, string errors) = Binary.Native.Run(
            TimeSpan.FromSeconds(60), "demo", "--seconds", "12", "--data", Data.Folder, "--models", Data.Models);
        Assert.True(status == 0, output + errors);
        DemoOutput demo = new(output);
        AssertFashion(demo);
        AssertHeart(demo);
        if (Data.HasFaces)
            AssertFaces(demo);
        Assert.Contains("(estimated)", output, StringComparison.Ordinal);
        AssertSummaryAddsUp(demo);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndDemoData), SkipType = typeof(Binary))]
    public async Task An_interrupt_stops_it_cleanly_with_its_summary()
    {
        using RunningProgram demo = Binary.Native.Start(
            "demo", "--seconds", "600", "--data", Data.Folder, "--models", Data.Models);
        await demo.WaitForAsync("accepted", TimeSpan.FromSeconds(30));
        demo.Signal(PosixSignal.SIGINT);
        (int status, string output, string errors) = demo.WaitForEnd(TimeSpan.FromSeconds(10));
        Assert.True(status == 0, output + errors);
        Assert.Contains("messages received over MQTT", output, StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Without_its_data_it_says_what_is_missing()
    {
        (int status, string output, string errors) = Binary.Native.Run(
            TimeSpan.FromSeconds(30), "demo", "--seconds", "1", "--data", "/nonexistent", "--models", Data.Models);
        Assert.Equal(1, status);
        Assert.Contains("left out: fashion:", output, StringComparison.Ordinal);
        Assert.Contains("left out: heart:", output, StringComparison.Ordinal);
        Assert.Contains("/nonexistent has no data 'fashion', 'digits'; get it with " +
            "deploy/demo/restore-data.sh /nonexistent fashion digits", output, StringComparison.Ordinal);
        Assert.Equal("edgeconv: demo: nothing to show, for the reasons above", errors.TrimEnd());
    }

    // About 40 pieces of clothing, 7 digits, 6 noises, 6 inverted ones; 27 heartbeats, 2 of each fault.
    private static void AssertFashion(DemoOutput demo)
    {
        Assert.InRange(demo.FlaggedWithout("fashion", "digit", "noise", "inverted"), 0, 0.2);
        Assert.InRange(demo.Flagged("fashion", "noise"), 0.9, 1);
        Assert.InRange(demo.Flagged("fashion", "inverted"), 0.9, 1);
        Assert.InRange(demo.Flagged("fashion", "digit"), 0.6, 1);
    }

    // A third of the usual gain looks much like a weak signal. The electrode's artefact in the gate's minute
    // calibrates too, so that one of the two of thrice the gain is not odd enough.
    private static void AssertHeart(DemoOutput demo)
    {
        Assert.InRange(demo.Flagged("heart", "heartbeat"), 0, 0.15);
        Assert.InRange(demo.Flagged("heart", "electrode off"), 0.9, 1);
        Assert.InRange(demo.Flagged("heart", "saturated"), 0.9, 1);
        Assert.InRange(demo.Flagged("heart", "gain x3"), 0.5, 1);
    }

    private static void AssertFaces(DemoOutput demo)
    {
        Assert.InRange(demo.FlaggedWithout("faces", "lens covered", "noise"), 0, 0.2);
        Assert.InRange(demo.Flagged("faces", "lens covered"), 0.9, 1);
        Assert.InRange(demo.Flagged("faces", "noise"), 0.9, 1);
        Assert.All(demo.LinesOf("faces", "astronaut.png"), line => Assert.Matches(FaceBox(), line));
    }

    // Each printed line is a message; a pipeline's results are accepted or ood; decisions add to the total.
    private static void AssertSummaryAddsUp(DemoOutput demo)
    {
        Assert.Equal(demo.Total, demo.MessageCount);
        Assert.All(demo.Pipelines, pipeline => Assert.Equal(pipeline.Results, pipeline.Accepted + pipeline.Ood));
        Assert.Equal(demo.Total - demo.Decisions, demo.Pipelines.Sum(pipeline => pipeline.Results));
    }

    [GeneratedRegex(@"face\(-?\d+,-?\d+ [1-9]\d*x[1-9]\d*\)")]
    private static partial Regex FaceBox();
}
