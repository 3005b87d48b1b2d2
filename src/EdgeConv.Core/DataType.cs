namespace EdgeConv.Core;

/// <summary>Element types a <see cref="Tensor"/> can hold.</summary>
public enum DataType
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>Signed 8-bit integer.</summary>
    Int8,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,

    /// <summary>Signed 32-bit integer.</summary>
    Int32,

    /// <summary>Signed 64-bit integer; shapes, axes and indices.</summary>
    Int64,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}

/// <summary>Facts about each <see cref="DataType"/>.</summary>
public static class DataTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(DataType type) => type switch
    {
        DataType.Float32 or DataType.Int32 => 4,
        DataType.Float64 or DataType.Int64 => 8,
        DataType.Int8 or DataType.UInt8 or DataType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The data type whose elements are <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">
    /// No tensor holds elements of <typeparamref name="T"/>.
    /// </exception>
    public static DataType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return DataType.Float32;
        if (typeof(T) == typeof(double))
            return DataType.Float64;
        if (typeof(T) == typeof(sbyte))
            return DataType.Int8;
        if (typeof(T) == typeof(byte))
            return DataType.UInt8;
        if (typeof(T) == typeof(int))
            return DataType.Int32;
        if (typeof(T) == typeof(long))
            return DataType.Int64;
        if (typeof(T) == typeof(bool))
            return DataType.Bool;
        throw new NotSupportedException($"no tensor holds elements of {typeof(T).Name}");
    }

    /// <summary>The lower-case name used in messages and listings: <c>float32</c>, <c>int64</c>.</summary>
    public static string NameOf(DataType type) => type switch
    {
        DataType.Float32 => "float32",
        DataType.Float64 => "float64",
        DataType.Int8 => "int8",
        DataType.UInt8 => "uint8",
        DataType.Int32 => "int32",
        DataType.Int64 => "int64",
        DataType.Bool => "bool",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
