using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>What <c>--backend</c> means, on a model whose operator Shrink our engine does not run.</summary>
public sealed class BackendTest : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Shrink = Path.Combine(Data.OnnxCases, "node", "test_shrink_hard");
    private static readonly string Relu = Path.Combine(Data.OnnxCases, "node", "test_relu");
    private static readonly string Model = Path.Combine(Shrink, "model.onnx");
    private static readonly string Library =
        Path.Combine(Path.GetDirectoryName(Binary.NativePath)!, "libonnxruntime.so");

    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-backend-").FullName;

    public static bool HasBothBackends => Binary.HasNativeAndOnnxCases && File.Exists(Library);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(HasBothBackends))]
    public void Auto_verifies_on_onnxruntime_what_ours_refuses_and_says_so()
    {
        (int status, string output, string errors) = Binary.Native.Run(Limit, "verify", Shrink, Relu);
        Assert.True(status == 0, output + errors);
        Assert.Equal("2 passed, 0 failed, 0 unsupported\n", output);
        string notice = Assert.Single(Lines(errors));
        Assert.StartsWith($"{Model}: ", notice, StringComparison.Ordinal);
        Assert.Contains("'Shrink'", notice, StringComparison.Ordinal);
        Assert.EndsWith("; runs on onnxruntime instead", notice, StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(HasBothBackends))]
    public void Auto_times_on_onnxruntime_what_ours_refuses_and_says_so()
    {
        (int status, string output, string errors) = Binary.Native.Run(Limit, "bench", "--seconds", "1e-9", Model);
        Assert.True(status == 0, output + errors);
        Assert.EndsWith("; runs on onnxruntime instead", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndOnnxCases), SkipType = typeof(Binary))]
    public void Ours_refuses_and_names_the_operator()
    {
        (int status, string output, string errors) = Binary.Native.Run(Limit, "verify", "--backend", "edgeconv", Shrink);
        Assert.Equal(0, status);
        Assert.Equal("", errors);
        string[] lines = Lines(output);
        Assert.StartsWith($"unsupported: node/test_shrink_hard: {Model}: ", lines[0], StringComparison.Ordinal);
        Assert.Contains("'Shrink'", lines[0], StringComparison.Ordinal);
        Assert.Equal("0 passed, 0 failed, 1 unsupported", lines[1]);
        Assert.Contains("'Shrink'", Binary.Native.Refusal(Limit, "bench", "--backend", "edgeconv", Model), StringComparison.Ordinal);
        Assert.Contains("'Shrink'", Binary.Native.Refusal(Limit, "bench", "--vs", "onnxruntime", Model), StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndOnnxCases), SkipType = typeof(Binary))]
    public void Without_the_library_the_refusal_names_the_operator_and_the_library()
    {
        Binary alone = Binary.NativeCopiedTo(_folder);
        string auto = alone.Refusal(Limit, "bench", Model);
        Assert.StartsWith($"edgeconv: {Model}: ", auto, StringComparison.Ordinal);
        Assert.Contains("'Shrink'", auto, StringComparison.Ordinal);
        Assert.EndsWith("onnxruntime might run it, but libonnxruntime.so is not there", auto, StringComparison.Ordinal);
        Assert.EndsWith("backend 'onnxruntime' was asked for, but libonnxruntime.so is not there",
            alone.Refusal(Limit, "verify", "--backend", "onnxruntime", Shrink), StringComparison.Ordinal);
        (int status, string output, _) = alone.Run(Limit, "verify", Shrink);
        Assert.Equal(0, status);
        Assert.EndsWith("libonnxruntime.so is not there", Lines(output)[0], StringComparison.Ordinal);
        Assert.Equal("0 passed, 0 failed, 1 unsupported", Lines(output)[1]);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndOnnxCases), SkipType = typeof(Binary))]
    [InlineData("test_identity_opt", "'opt_in' is no tensor; only tensors are supported")]
    [InlineData("test_if_opt", "'sequence' is no tensor; only tensors are supported")]
    [InlineData("test_adam", "operators of domain 'ai.onnx.preview.training' are not supported")]
    public void What_no_tensor_holds_and_training_are_unsupported_not_failed(string name, string reason)
    {
        string folder = Path.Combine(Data.OnnxCases, "node", name);
        (int status, string output, _) = Binary.Native.Run(Limit, "verify", "--backend", "edgeconv", folder);
        Assert.Equal(0, status);
        string[] lines = Lines(output);
        Assert.Equal($"unsupported: node/{name}: {Path.Combine(folder, "model.onnx")}: {reason}", lines[0]);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
