namespace EdgeConv.Core;

/// <summary>Name, element type and shape of a session's input or output.</summary>
/// <param name="Name">As in the model file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">
/// Bound shape. An output whose size depends on the data has its largest shape here; the tensor's own
/// <see cref="Tensor.Shape"/> after a run is the true one.
/// </param>
public sealed record TensorInfo(string Name, DataType Type, Shape Shape)
{
    /// <summary>
    /// What the session does to the bytes of this input, which it takes instead of the model's floats; null
    /// for an input that is as in the model. See <see cref="SessionOptions.Pixels"/>.
    /// </summary>
    public PixelInput? Pixels { get; init; }
}

/// <summary>Activations read out of a named layer for the gate, reduced to per-channel statistics.</summary>
/// <param name="Name">The tapped value's name in the model file.</param>
/// <param name="Channels">Channels C of the tapped value <c>[N,C,...]</c>.</param>
/// <param name="Positions">Values each channel is reduced over: the product of the spatial extents.</param>
public sealed record TapInfo(string Name, int Channels, int Positions);

/// <summary>Which model a session runs.</summary>
/// <param name="Name">Short name: the file name without folder and extension.</param>
/// <param name="Path">The file it was read from.</param>
/// <param name="Sha256">SHA-256 of the file, 64 lower-case hexadecimal digits.</param>
public sealed record ModelIdentity(string Name, string Path, string Sha256);

/// <summary>
/// A model ready to run: plan, memory and packed weights. One run at a time; not thread-safe.
/// </summary>
/// <remarks>
/// Write the inputs, call <see cref="Run"/>, read the outputs and taps. All tensors belong to the session: do
/// not dispose them; outputs and taps hold until the next run.
/// </remarks>
public interface ISession : IDisposable
{
    /// <summary>The model.</summary>
    ModelIdentity Model { get; }

    /// <summary>Which backend runs it: <c>edgeconv</c> or <c>onnxruntime</c>.</summary>
    string Backend { get; }

    /// <summary>Inputs in the model's order.</summary>
    IReadOnlyList<TensorInfo> Inputs { get; }

    /// <summary>Outputs in the model's order.</summary>
    IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>Taps in the order they were asked for.</summary>
    IReadOnlyList<TapInfo> Taps { get; }

    /// <summary>Multiply-adds of one run; 0 when the backend cannot tell.</summary>
    long MultiplyAdds { get; }

    /// <summary>Bytes that activations and scratch live in; 0 when the backend cannot tell.</summary>
    long ArenaBytes => 0;

    /// <summary>The tensor to write input <paramref name="index"/> into.</summary>
    Tensor GetInput(int index);

    /// <summary>The tensor that holds output <paramref name="index"/> after a run.</summary>
    Tensor GetOutput(int index);

    /// <summary>
    /// The statistics of tap <paramref name="index"/> after a run, <c>2 * Channels</c> values: the mean of
    /// each channel over its positions, then the population variance (1/n) of each.
    /// </summary>
    ReadOnlySpan<float> GetTap(int index);

    /// <summary>Runs the model on what the inputs hold. Allocates nothing in steady state.</summary>
    void Run();
}

/// <summary>What is decided when a model is loaded.</summary>
public sealed record SessionOptions
{
    /// <summary>Threads to run on, at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Shapes for inputs, by name. An input that is not named gets 1 for a free first dimension; an engine
    /// may refuse one with any other free dimension.
    /// </summary>
    public IReadOnlyDictionary<string, Shape> InputShapes { get; init; } = new Dictionary<string, Shape>();

    /// <summary>
    /// Values for inputs that decide shapes (the target of a Reshape, the sizes of a Resize), by name. Such
    /// an input is a constant of the session from then on.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> BoundInputs { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Names of values <c>[N,C,...]</c> whose per-channel statistics the gate reads.</summary>
    public IReadOnlyList<string> Taps { get; init; } = [];

    /// <summary>
    /// Asks for bytes <c>[N,H,W,C]</c> in place of the floats of a picture, normalised as told: of an only
    /// input float32 <c>[N,C,H,W]</c> or <c>[N,H,W,C]</c>, see <see cref="PictureShape"/>. An engine that
    /// cannot, or a model without such an input, keeps the floats: <see cref="TensorInfo.Pixels"/> says which
    /// it is.
    /// </summary>
    public PixelInput? Pixels { get; init; }
}

/// <summary>Loads models into sessions; one implementation a backend.</summary>
public interface ISessionFactory
{
    /// <summary>Backend name as in the configuration: <c>edgeconv</c> or <c>onnxruntime</c>.</summary>
    string Backend { get; }

    /// <summary>Reads and prepares the model in <paramref name="path"/>.</summary>
    /// <exception cref="ModelError">The file is no valid model, or this backend does not run it.</exception>
    ISession Load(string path, SessionOptions options);
}
