using System.Runtime.InteropServices;
using Xunit;

namespace EdgeConv.EndToEnd;

public sealed class DemoTest
{
    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndDemoData), SkipType = typeof(Binary))]
    public void The_demo_prints_what_a_subscriber_receives_and_the_gate_tells_known_from_unknown()
    {
        (int status, string output, string errors) = Binary.Native.Run(
            TimeSpan.FromSeconds(60), "demo", "--seconds", "12", "--data", Data.Folder, "--models", Data.Models);
        Assert.True(status == 0, output + errors);
        string[] lines = output.Split('\n');
        Assert.True(Flagged(lines, "fashion", "noise") >= 0.9, output);
        Assert.True(Flagged(lines, "fashion", "inverted") >= 0.9, output);
        Assert.True(Flagged(lines, "fashion", "digit") >= 0.6, output);
        Assert.True(Flagged(lines, "heart", "heartbeat") <= 0.35, output);
        Assert.True(Flagged(lines, "heart", "electrode") >= 0.9, output);
        Assert.Contains("messages received over MQTT", output, StringComparison.Ordinal);
        Assert.Contains("(estimated)", output, StringComparison.Ordinal);
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
        (int status, string output, _) = Binary.Native.Run(
            TimeSpan.FromSeconds(30), "demo", "--seconds", "1", "--data", "/nonexistent", "--models", Data.Models);
        Assert.Equal(1, status);
        Assert.Contains("left out: fashion:", output, StringComparison.Ordinal);
        Assert.Contains("left out: heart:", output, StringComparison.Ordinal);
    }

    private static double Flagged(string[] lines, string pipeline, string origin)
    {
        string[] matching = [.. lines.Where(line => line.Contains($"  {pipeline} ", StringComparison.Ordinal) &&
            line.Contains($"  {origin}", StringComparison.Ordinal))];
        Assert.NotEmpty(matching);
        return matching.Count(line => line.Contains(" ood ", StringComparison.Ordinal)) / (double)matching.Length;
    }
}
