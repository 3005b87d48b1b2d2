using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

public sealed class CommandLineTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Version_is_a_version()
    {
        (int status, string output, _) = Binary.Native.Run(Limit, "--version");
        Assert.Equal(0, status);
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("inspect", "no-such-model.onnx")]
    [InlineData("check", "no-such-file.yaml")]
    [InlineData("run", "--config", "no-such-file.yaml")]
    [InlineData("fit", "no-such-model.onnx", "--data", ".", "--out", "x.ecfp")]
    [InlineData("bench", "no-such-model.onnx")]
    [InlineData("scale", "no-such-model.onnx")]
    [InlineData("verify", "no-such-folder")]
    public void A_missing_file_gets_one_line_that_names_it(params string[] arguments)
    {
        (int status, string output, string errors) = Binary.Native.Run(Limit, arguments);
        Assert.Equal(1, status);
        string line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("no-such-", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + errors, StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void A_file_that_is_no_model_is_refused()
    {
        (int status, _, string errors) = Binary.Native.Run(Limit, "inspect", Repository.PathOf("LICENSE"));
        Assert.Equal(1, status);
        Assert.Contains("LICENSE", errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("raspberry-pi-5")]
    [InlineData("mini-pc")]
    public void The_devices_of_a_recorded_board_are_listed(string board)
    {
        string folder = Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Boards", board);
        using RunningProgram program = Binary.Native.Start(
            new Dictionary<string, string> { ["EDGECONV_SYSROOT"] = folder }, "devices");
        (int status, string output, string errors) = program.WaitForEnd(Limit);
        Assert.Equal((0, ""), (status, errors));
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "devices.txt")),
            output.Replace(folder, "BOARD", StringComparison.Ordinal));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndOnnxCases), SkipType = typeof(Binary))]
    public void The_conformance_cases_pass_on_the_native_program()
    {
        (int status, string output, string errors) = Binary.Native.Run(TimeSpan.FromMinutes(3),
            "verify", Data.OnnxCases, "--list", Data.ConformanceList, "--backend", "edgeconv");
        Assert.True(status == 0, output + errors);
        string last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        string[] words = last.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("0", words[2]);
        Assert.InRange(int.Parse(words[4], null), 0, 56);
        Assert.Equal(556, int.Parse(words[0], null) + int.Parse(words[4], null));
    }
}
