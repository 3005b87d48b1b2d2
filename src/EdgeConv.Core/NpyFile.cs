using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeConv.Core;

/// <summary>
/// Arrays in NumPy's file format (numpy.lib.format, versions 1 to 3): <c>\x93NUMPY</c>, version, length of the
/// header, the header as the text of a dictionary, then the elements.
/// </summary>
public static partial class NpyFile
{
    /// <summary>Bytes of the largest file that is read.</summary>
    public const int LargestFile = 1 << 28;

    private static readonly Dictionary<string, DataType> Types = new()
    {
        ["<f4"] = DataType.Float32,
        ["<f8"] = DataType.Float64,
        ["<i4"] = DataType.Int32,
        ["<i8"] = DataType.Int64,
        ["|i1"] = DataType.Int8,
        ["|u1"] = DataType.UInt8,
        ["|b1"] = DataType.Bool,
    };

    /// <summary>Reads an array in C order; the caller disposes it.</summary>
    /// <exception cref="DataError">It is no such file, or of another type or order.</exception>
    public static Tensor Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (BoundedFile.WhyNoFile(path) is { } problem)
            throw new DataError(path, problem);
        try
        {
            if (new FileInfo(path).Length > LargestFile)
                throw new DataError(path, $"holds more than {LargestFile >> 20} MB");
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataError(path, $"cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads the header of an array.</summary>
    /// <param name="place">Where the bytes come from, for messages.</param>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="DataError">There is none.</exception>
    public static NpyHeader ReadHeader(string place, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12 || bytes[0] != 0x93 || !bytes[1..].StartsWith("NUMPY"u8) || bytes[6] is 0 or > 3)
            throw new DataError(place, "is no .npy file");
        int start = bytes[6] == 1 ? 10 : 12;
        long length = bytes[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (start + length > bytes.Length)
            throw new DataError(place, "ends inside its header");
        string text = Encoding.UTF8.GetString(bytes.Slice(start, (int)length));
        Match type = TypePattern().Match(text), order = OrderPattern().Match(text), shape = ShapePattern().Match(text);
        if (!type.Success || !order.Success || !shape.Success)
            throw new DataError(place, "its header does not say type, order and shape");
        return new NpyHeader(
            type.Groups[1].Value, order.Groups[1].Value == "True", ShapeOf(place, shape.Groups[1].Value),
            start + (int)length);
    }

    private static Tensor Parse(string path, ReadOnlySpan<byte> bytes)
    {
        NpyHeader header = ReadHeader(path, bytes);
        if (header.IsFortranOrder)
            throw new DataError(path, "is in Fortran order; numpy.ascontiguousarray makes C order of it");
        if (!Types.TryGetValue(header.Type, out DataType type))
            throw new DataError(path, $"holds '{header.Type}'; known are {string.Join(", ", Types.Keys)}");
        ReadOnlySpan<byte> elements = bytes[header.Bytes..];
        long needed = header.Shape.ElementCount * DataTypes.SizeOf(type);
        if (elements.Length != needed)
            throw new DataError(path, $"{elements.Length} bytes of elements; {header.Shape} takes {needed}");
        Tensor tensor = new(type, header.Shape);
        elements.CopyTo(tensor.AsBytes());
        return tensor;
    }

    private static Shape ShapeOf(string place, string extents)
    {
        string[] words = extents.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long[] dimensions = new long[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out dimensions[i]))
                throw new DataError(place, $"its shape is ({extents})");
        }

        return Shape.TryCreate(dimensions, out Shape? shape, out string? problem)
            ? shape
            : throw new DataError(place, problem);
    }

    [GeneratedRegex("'descr': *'([^']*)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex("'fortran_order': *(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape': *\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}

/// <summary>What a <c>.npy</c> file says of its array.</summary>
/// <param name="Type">NumPy's name of the element type: <c>&lt;f4</c>.</param>
/// <param name="IsFortranOrder">Whether the first extent varies fastest.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Bytes">Bytes before the first element.</param>
public readonly record struct NpyHeader(string Type, bool IsFortranOrder, Shape Shape, int Bytes);
