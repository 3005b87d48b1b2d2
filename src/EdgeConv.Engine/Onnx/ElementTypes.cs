using EdgeConv.Core;

namespace EdgeConv.Engine.Onnx;

/// <summary>The element type codes of ONNX files (<c>TensorProto.DataType</c>).</summary>
internal static class ElementTypes
{
    private static readonly string[] Names =
    [
        "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
        "float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn",
        "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1",
    ];

    /// <summary>The data type for a code; false when no tensor of ours holds it.</summary>
    public static bool TryFind(long code, out DataType type)
    {
        DataType? found = code switch
        {
            1 => DataType.Float32,
            2 => DataType.UInt8,
            3 => DataType.Int8,
            6 => DataType.Int32,
            7 => DataType.Int64,
            9 => DataType.Bool,
            11 => DataType.Float64,
            _ => null,
        };
        type = found ?? DataType.Float32;
        return found is not null;
    }

    /// <summary>The code of a data type.</summary>
    public static int CodeOf(DataType type) => type switch
    {
        DataType.Float32 => 1,
        DataType.UInt8 => 2,
        DataType.Int8 => 3,
        DataType.Int32 => 6,
        DataType.Int64 => 7,
        DataType.Bool => 9,
        DataType.Float64 => 11,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Whether the format defines the code at all.</summary>
    public static bool IsDefined(long code) => code > 0 && code < Names.Length;

    /// <summary>The code's name: <c>float16</c>; <c>element type 99</c> when it has none.</summary>
    public static string NameOf(long code) => IsDefined(code) ? Names[code] : $"element type {code}";

    /// <summary>The data type for a code.</summary>
    /// <exception cref="ModelError">
    /// No such type, or one that we do not hold (then it is unsupported).
    /// </exception>
    public static DataType Find(long code, string place)
    {
        if (TryFind(code, out DataType type))
            return type;
        throw IsDefined(code)
            ? ModelError.Unsupported(place, $"{NameOf(code)} is not supported")
            : new ModelError(place, $"element type {code} does not exist");
    }
}
