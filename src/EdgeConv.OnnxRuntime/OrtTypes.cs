using EdgeConv.Core;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeConv.OnnxRuntime;

/// <summary>Element types of both sides.</summary>
internal static class OrtTypes
{
    /// <summary>Our type of theirs.</summary>
    /// <exception cref="ModelError">Unsupported: no tensor of ours holds it.</exception>
    public static DataType From(TensorElementType type, string place) => type switch
    {
        TensorElementType.Float => DataType.Float32,
        TensorElementType.Double => DataType.Float64,
        TensorElementType.Int8 => DataType.Int8,
        TensorElementType.UInt8 => DataType.UInt8,
        TensorElementType.Int32 => DataType.Int32,
        TensorElementType.Int64 => DataType.Int64,
        TensorElementType.Bool => DataType.Bool,
        _ => throw ModelError.Unsupported(place, $"element type {type} is not supported"),
    };

    /// <summary>Their type of ours.</summary>
    public static TensorElementType To(DataType type) => type switch
    {
        DataType.Float32 => TensorElementType.Float,
        DataType.Float64 => TensorElementType.Double,
        DataType.Int8 => TensorElementType.Int8,
        DataType.UInt8 => TensorElementType.UInt8,
        DataType.Int32 => TensorElementType.Int32,
        DataType.Int64 => TensorElementType.Int64,
        DataType.Bool => TensorElementType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
