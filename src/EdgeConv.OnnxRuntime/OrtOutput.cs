using EdgeConv.Core;
using Microsoft.ML.OnnxRuntime;

namespace EdgeConv.OnnxRuntime;

/// <summary>
/// One output of an <see cref="OrtSession"/>. When its shape is known before the run, the library writes
/// straight into our tensor; otherwise it is copied, into a new tensor when the shape has changed.
/// </summary>
internal sealed unsafe class OrtOutput(string name) : IDisposable
{
    private OrtValue? _bound;

    /// <summary>The output's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the shape is only known after a run.</summary>
    public bool IsDynamic => _bound is null;

    /// <summary>What the last run wrote.</summary>
    public Tensor Tensor { get; private set; } = new(DataType.Float32, new Shape(0));

    /// <summary>Lets the library write into a tensor of ours.</summary>
    public void Bind(OrtIoBinding binding, DataType type, Shape shape)
    {
        Replace(type, shape);
        _bound = OrtMemory.Wrap(Tensor);
        binding.BindOutput(Name, _bound);
    }

    /// <summary>Copies a value that the library allocated.</summary>
    /// <exception cref="ModelError">Its type or shape does not fit a tensor.</exception>
    public void Copy(OrtValue value, string place)
    {
        if (!value.IsTensor)
            throw ModelError.Unsupported(place, $"output '{Name}' is no tensor");
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        DataType type = OrtTypes.From(info.ElementDataType, place);
        if (!Shape.TryCreate(info.Shape, out Shape? shape, out string? problem))
            throw new ModelError(place, $"output '{Name}': {problem}");
        if (Tensor.Type != type || !Tensor.Shape.Equals(shape))
            Replace(type, shape);
        if (shape.ElementCount != 0)
            value.GetTensorMutableRawData().CopyTo(Tensor.AsBytes());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bound?.Dispose();
        Tensor.Dispose();
    }

    private void Replace(DataType type, Shape shape)
    {
        Tensor.Dispose();
        Tensor = new Tensor(type, shape);
    }
}
