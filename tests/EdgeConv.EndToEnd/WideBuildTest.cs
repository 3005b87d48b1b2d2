using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>The program for AVX-512 that <c>edgeconv</c> starts in its own place.</summary>
public sealed class WideBuildTest : IDisposable
{
    private const string Absent = "there is no published edgeconv-v4, or this machine has no AVX-512";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Model = Repository.PathOf("deploy/models/heart/heart.onnx");
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-wide-").FullName;

    public static bool IsThere => File.Exists(Binary.NativePath + "-v4")
        && File.ReadAllText("/proc/cpuinfo").Contains("avx512dq", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Skip = Absent, SkipUnless = nameof(IsThere))]
    [InlineData("", "F32Pointwise12x32Avx512")]
    [InlineData("avx512", "F32Pointwise12x32Avx512")]
    [InlineData("avx2", "F32Pointwise6x16Avx2")]
    [InlineData("scalar", "F32Pointwise1x4Scalar")]
    public void The_set_that_is_named_or_else_the_widest_runs(string set, string kernel)
    {
        Dictionary<string, string> environment = new() { ["EDGECONV_KERNELS"] = set };
        using RunningProgram program = Binary.Native.Start(environment, "inspect", Model);
        (int status, string output, string errors) = program.WaitForEnd(Limit);
        Assert.True(status == 0, errors);
        Assert.Contains(kernel, output, StringComparison.Ordinal);
    }

    [Fact(Skip = Absent, SkipUnless = nameof(IsThere))]
    public void A_program_that_the_kernel_refuses_changes_nothing()
    {
        Binary copy = Binary.NativeCopiedTo(_folder);
        string wide = Path.Combine(_folder, "edgeconv-v4");
        File.WriteAllText(wide, "no program");
        File.SetUnixFileMode(wide, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (int status, string output, string errors) = copy.Run(Limit, "inspect", Model);
        Assert.True(status == 0, errors);
        Assert.Contains("F32Pointwise6x16Avx2", output, StringComparison.Ordinal);
    }
}
