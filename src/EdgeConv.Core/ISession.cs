using System.Collections.ObjectModel;

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

/// <summary>A named layer whose activations are kept at every position.</summary>
/// <param name="Name">The value's name in the model file.</param>
/// <param name="Channels">Channels C of the value <c>[1,C,T]</c> or <c>[1,C,H,W]</c>.</param>
/// <param name="Height">Rows H; 1 for a layer over time.</param>
/// <param name="Width">Columns W, or instants T.</param>
public sealed record MapInfo(string Name, int Channels, int Height, int Width)
{
    /// <summary>Positions H W.</summary>
    public int Positions => Height * Width;

    /// <summary>
    /// What is kept of a value; null when it is not float32 <c>[1,C]</c>, <c>[1,C,T]</c> or
    /// <c>[1,C,H,W]</c>.
    /// </summary>
    public static MapInfo? Of(string name, DataType type, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        bool fits = type == DataType.Float32 && shape.Rank is >= 2 and <= 4 && shape[0] == 1
            && shape.ElementCount > 0;
        return !fits ? null : shape.Rank switch
        {
            2 => new MapInfo(name, shape[1], 1, 1),
            3 => new MapInfo(name, shape[1], 1, shape[2]),
            _ => new MapInfo(name, shape[1], shape[2], shape[3]),
        };
    }
}

/// <summary>Which model a session runs.</summary>
/// <param name="Name">Short name: the file name without folder and extension.</param>
/// <param name="Path">The file it was read from.</param>
/// <param name="Sha256">SHA-256 of the file, 64 lower-case hexadecimal digits.</param>
public sealed record ModelIdentity(string Name, string Path, string Sha256);

/// <summary>
/// A model ready to run: plan, memory and packed weights. One run at a time; not thread-safe.
/// </summary>
/// <remarks>
/// Write the inputs, call <see cref="Run"/>, read the outputs, taps and maps. All tensors belong to the
/// session: do not dispose them; outputs, taps and maps hold until the next run, also that of another
/// session which was loaded to share memory with it.
/// </remarks>
public interface ISession : IDisposable
{
    /// <summary>The model.</summary>
    ModelIdentity Model { get; }

    /// <summary>
    /// Notes that the model's author has left in the file, by key (ONNX <c>metadata_props</c>); nothing of it
    /// has been checked.
    /// </summary>
    IReadOnlyDictionary<string, string> Metadata => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Which backend runs it: <c>edgeconv</c> or <c>onnxruntime</c>.</summary>
    string Backend { get; }

    /// <summary>Inputs in the model's order.</summary>
    IReadOnlyList<TensorInfo> Inputs { get; }

    /// <summary>Outputs in the model's order.</summary>
    IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>Taps in the order they were asked for.</summary>
    IReadOnlyList<TapInfo> Taps { get; }

    /// <summary>Maps in the order they were asked for.</summary>
    IReadOnlyList<MapInfo> Maps => [];

    /// <summary>Multiply-adds of one run; 0 when the backend cannot tell.</summary>
    long MultiplyAdds { get; }

    /// <summary>
    /// Bytes of weights and activations that the steps of one run read and write; 0 when the backend cannot tell.
    /// </summary>
    long MovedBytes => 0;

    /// <summary>Bytes that activations and scratch need; 0 when the backend cannot tell.</summary>
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

    /// <summary>
    /// The activations of map <paramref name="index"/> after a run, <c>[H W, C]</c>: the channels of one
    /// position together, positions row by row.
    /// </summary>
    ReadOnlySpan<float> GetMap(int index) => throw new ArgumentOutOfRangeException(nameof(index));

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
    /// Values for inputs, by name: those that decide shapes (the target of a Reshape, the sizes of a Resize) and
    /// whatever stays the same. Such an input is a constant of the session; its tensor is copied.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> BoundInputs { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Names of values <c>[N,C,...]</c> whose per-channel statistics the gate reads.</summary>
    public IReadOnlyList<string> Taps { get; init; } = [];

    /// <summary>
    /// Names of values <c>[1,C,T]</c> or <c>[1,C,H,W]</c> whose activations are kept at every position; a
    /// copy each, and its layer is not fused with what follows it.
    /// </summary>
    public IReadOnlyList<string> Maps { get; init; } = [];

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
