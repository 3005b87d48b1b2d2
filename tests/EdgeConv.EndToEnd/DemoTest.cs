using System.Globalization;
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
        string[] lines = output.Split('\n');
        Assert.True(Flagged(lines, "fashion", "noise") >= 0.9, output);
        Assert.True(Flagged(lines, "fashion", "inverted") >= 0.9, output);
        Assert.True(Flagged(lines, "fashion", "digit") >= 0.6, output);
        Assert.True(Flagged(lines, "heart", "heartbeat") <= 0.35, output);
        Assert.True(Flagged(lines, "heart", "electrode") >= 0.9, output);
        Assert.Contains("messages received over MQTT", output, StringComparison.Ordinal);
        Assert.Contains("(estimated)", output, StringComparison.Ordinal);
        if (Data.HasFaces)
            Assert.Contains(lines, line => line.Contains("  astronaut.png ", StringComparison.Ordinal) && FaceBox().IsMatch(line));
        AssertSummaryAddsUp(output, lines);
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

    // Each printed line is a message; a pipeline's messages are accepted or ood; all pipelines' are the total.
    private static void AssertSummaryAddsUp(string output, string[] lines)
    {
        int total = int.Parse(Total().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(total, lines.Count(line => MessageLine().IsMatch(line)));
        int sum = 0;
        foreach (Match pipeline in Pipeline().Matches(output))
        {
            int[] numbers = [.. pipeline.Groups.Values.Skip(1).Select(g => int.Parse(g.Value, CultureInfo.InvariantCulture))];
            Assert.Equal(numbers[0], numbers[1] + numbers[2]);
            sum += numbers[0];
        }

        Assert.Equal(total, sum);
    }

    [GeneratedRegex(@"face\(-?\d+,-?\d+ [1-9]\d*x[1-9]\d*\)")]
    private static partial Regex FaceBox();

    [GeneratedRegex(@"^(\d+) messages received over MQTT", RegexOptions.Multiline)]
    private static partial Regex Total();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3}  (faces|fashion|heart) ")]
    private static partial Regex MessageLine();

    [GeneratedRegex(@"^\w+: (\d+) results, (\d+) accepted, (\d+) ood;", RegexOptions.Multiline)]
    private static partial Regex Pipeline();

    private static double Flagged(string[] lines, string pipeline, string origin)
    {
        string[] matching = [.. lines.Where(line => line.Contains($"  {pipeline} ", StringComparison.Ordinal) &&
            line.Contains($"  {origin}", StringComparison.Ordinal))];
        Assert.NotEmpty(matching);
        return matching.Count(line => line.Contains(" ood ", StringComparison.Ordinal)) / (double)matching.Length;
    }
}
