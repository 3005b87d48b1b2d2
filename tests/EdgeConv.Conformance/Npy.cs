using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using EdgeConv.Core;

namespace EdgeConv.Conformance;

/// <summary>Reads arrays of float32 in NumPy's file format, version 1, C order.</summary>
internal static partial class Npy
{
    private const int HeaderStart = 10;

    public static Tensor Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int headerLength = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        string header = Encoding.ASCII.GetString(file, HeaderStart, headerLength);
        if (
            !header.Contains("'<f4'", StringComparison.Ordinal)
                || !header.Contains("False", StringComparison.Ordinal))
            throw new DataError(path, $"must hold float32 in C order, is {header}");
        int[] shape = [.. Extents().Match(header).Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(extent => int.Parse(extent, CultureInfo.InvariantCulture))];
        ReadOnlySpan<byte> data = file.AsSpan(HeaderStart + headerLength);
        return Tensor.From(new Shape(shape), MemoryMarshal.Cast<byte, float>(data));
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Extents();
}
