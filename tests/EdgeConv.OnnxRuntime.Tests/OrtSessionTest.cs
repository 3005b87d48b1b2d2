using System.Runtime.InteropServices;
using System.Text;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.OnnxRuntime.Tests;

public sealed partial class OrtSessionTest : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.onnx");
    private readonly OrtSessionFactory _factory = new();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void The_native_library_is_there() =>
        Assert.True(OrtSessionFactory.IsAvailable, OrtSessionFactory.WhyUnavailable);

    [Fact]
    public void Telemetry_is_off_in_the_environment_that_native_code_sees()
    {
        Assert.True(OrtSessionFactory.IsAvailable);
        Assert.Equal("1", Marshal.PtrToStringUTF8(GetEnvironmentVariable("ORT_DISABLE_TELEMETRY")));
    }

    [Fact]
    public void A_model_runs_on_our_tensors()
    {
        using ISession session = Load(TinyModel.NegateTwice(), new SessionOptions());
        Assert.Equal(
            new TensorInfo("x", DataType.Float32, new Shape(1, 2, 3)), Assert.Single(session.Inputs));
        Assert.Equal(
            new TensorInfo("y", DataType.Float32, new Shape(1, 2, 3)), Assert.Single(session.Outputs));
        new float[] { 1, 2, 3, 4, 5, 6 }.CopyTo(session.GetInput(0).AsSpan<float>());
        session.Run();
        Assert.Equal([1f, 2, 3, 4, 5, 6], session.GetOutput(0).AsSpan<float>().ToArray());
        session.GetInput(0).AsSpan<float>().Fill(8);
        session.Run();
        Assert.Equal(8, session.GetOutput(0).AsSpan<float>()[5]);
    }

    [Theory]
    [InlineData("m")]
    [InlineData("y")]
    public void Notes_of_the_file_are_told_with_a_tap_or_without(string tap)
    {
        byte[] model = [.. TinyModel.NegateTwice(), .. TinyModel.Note("test_accuracy", "0.93")];
        using ISession session = Load(model, new SessionOptions { Taps = [tap] });
        Assert.Equal("0.93", Assert.Single(session.Metadata, note => note.Key == "test_accuracy").Value);
        using ISession bare = Load(TinyModel.NegateTwice(), new SessionOptions());
        Assert.Empty(bare.Metadata);
    }

    [Fact]
    public void A_tap_holds_mean_and_population_variance_of_an_inner_value()
    {
        using ISession session = Load(TinyModel.NegateTwice(), new SessionOptions { Taps = ["m", "y"] });
        Assert.Equal([new TapInfo("m", 2, 3), new TapInfo("y", 2, 3)], session.Taps);
        Assert.Single(session.Outputs);
        new float[] { 1, 2, 3, 4, 4, 4 }.CopyTo(session.GetInput(0).AsSpan<float>());
        session.Run();
        Assert.Equal([-2f, -4, 2 / 3f, 0], session.GetTap(0).ToArray());
        Assert.Equal([2f, 4, 2 / 3f, 0], session.GetTap(1).ToArray());
    }

    [Fact]
    public void A_map_holds_the_channels_of_each_position_together()
    {
        SessionOptions options = new() { Taps = ["m"], Maps = ["m", "y"] };
        using ISession session = Load(TinyModel.NegateTwice(), options);
        Assert.Equal([new MapInfo("m", 2, 1, 3), new MapInfo("y", 2, 1, 3)], session.Maps);
        Assert.Single(session.Outputs);
        new float[] { 1, 2, 3, 4, 5, 6 }.CopyTo(session.GetInput(0).AsSpan<float>());
        session.Run();
        Assert.Equal([-1f, -4, -2, -5, -3, -6], session.GetMap(0).ToArray());
        Assert.Equal([1f, 4, 2, 5, 3, 6], session.GetMap(1).ToArray());
        Assert.Equal(-2, session.GetTap(0)[0]);
    }

    [Fact]
    public void A_free_dimension_takes_the_shape_asked_for()
    {
        SessionOptions options = new()
        {
            InputShapes = new Dictionary<string, Shape> { ["x"] = new Shape(5, 2, 3) },
        };
        using ISession session = Load(TinyModel.NegateTwice(freeBatch: true), options);
        Assert.Equal(new Shape(5, 2, 3), session.Inputs[0].Shape);
        session.GetInput(0).AsSpan<float>().Fill(3);
        session.Run();
        Assert.Equal(new Shape(5, 2, 3), session.GetOutput(0).Shape);
        Assert.Equal(3, session.GetOutput(0).AsSpan<float>()[29]);
    }

    [Fact]
    public void A_bound_input_is_no_input_any_more()
    {
        using Tensor bound = Tensor.From<float>(new Shape(1, 2, 3), 1, 2, 3, 4, 5, 6);
        SessionOptions options = new() { BoundInputs = new Dictionary<string, Tensor> { ["x"] = bound } };
        using ISession session = Load(TinyModel.NegateTwice(), options);
        Assert.Empty(session.Inputs);
        session.Run();
        Assert.Equal(6, session.GetOutput(0).AsSpan<float>()[5]);
    }

    [Theory]
    [InlineData("y", "has no input 'y'; its inputs are 'x'")]
    [InlineData("x", "a value of int64 for an input of float32")]
    public void A_bound_value_that_does_not_fit_is_a_model_error(string name, string problem)
    {
        using Tensor bound = Tensor.From<long>(new Shape(1, 2, 3), 1, 2, 3, 4, 5, 6);
        SessionOptions options = new() { BoundInputs = new Dictionary<string, Tensor> { [name] = bound } };
        Assert.EndsWith(problem, Assert.Throws<ModelError>(() => Load(TinyModel.NegateTwice(), options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_tap_is_a_model_error() =>
        Assert.Contains(
            "nowhere", Refusal(TinyModel.NegateTwice(), "nowhere").Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_model_is_a_model_error()
    {
        Assert.StartsWith(
            _path, Refusal(Encoding.ASCII.GetBytes("no model")).Message, StringComparison.Ordinal);
        Assert.StartsWith(_path, Refusal([]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_a_model_error() =>
        Assert.Throws<ModelError>(() => _factory.Load("/nowhere/m.onnx", new SessionOptions()));

    [Fact]
    public void A_shape_that_does_not_fit_is_a_model_error()
    {
        SessionOptions options = new()
        {
            InputShapes = new Dictionary<string, Shape> { ["x"] = new Shape(1, 2, 4) },
        };
        ModelError error = Assert.Throws<ModelError>(() => Load(TinyModel.NegateTwice(), options));
        Assert.Contains("[1,2,4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_windows_library_is_copied_beside_the_program() =>
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "onnxruntime*.dll"));

    private ISession Load(byte[] model, SessionOptions options)
    {
        File.WriteAllBytes(_path, model);
        return _factory.Load(_path, options);
    }

    private ModelError Refusal(byte[] model, params string[] taps) =>
        Assert.Throws<ModelError>(() => Load(model, new SessionOptions { Taps = taps }));

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnvironmentVariable(string name);
}
