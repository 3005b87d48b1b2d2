using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeConv.Gating;

/// <summary>
/// Arrays and text under names, written as a safetensors file: the header's length (8 bytes,
/// little-endian), a JSON header padded with spaces to a multiple of 8, the arrays without gaps.
/// <code>
/// N | {"__metadata__":{name:text,...},
///      name:{"dtype":"F32","shape":[...],"data_offsets":[begin,end]},...} | data
/// </code>
/// </summary>
internal sealed class SafeTensorsWriter
{
    private static readonly JsonWriterOptions HeaderOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Name, string Text)> _metadata = [];
    private readonly List<(string Name, string Type, long[] Shape, byte[] Data)> _arrays = [];

    public void Add(string name, string text) => _metadata.Add((name, text));

    public void Add<T>(string name, ReadOnlySpan<T> values, params long[] shape) where T : unmanaged =>
        _arrays.Add((name, SafeTensorsTypes.NameOf<T>(), shape, MemoryMarshal.AsBytes(values).ToArray()));

    /// <summary>Adds an array <c>[rows, length]</c>.</summary>
    public void Add(string name, IEnumerable<float[]> rows, int length)
    {
        float[] values = [.. rows.SelectMany(row => row)];
        Add<float>(name, values, values.Length / length, length);
    }

    public byte[] ToBytes()
    {
        using MemoryStream header = new();
        WriteHeader(header);
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        byte[] bytes = new byte[8 + header.Length + _arrays.Sum(a => (long)a.Data.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.GetBuffer().AsSpan(0, (int)header.Length).CopyTo(bytes.AsSpan(8));
        int position = 8 + (int)header.Length;
        foreach ((_, _, _, byte[] data) in _arrays)
        {
            data.CopyTo(bytes, position);
            position += data.Length;
        }

        return bytes;
    }

    private void WriteHeader(MemoryStream stream)
    {
        using Utf8JsonWriter json = new(stream, HeaderOptions);
        json.WriteStartObject();
        json.WriteStartObject("__metadata__");
        foreach ((string name, string text) in _metadata)
            json.WriteString(name, text);
        json.WriteEndObject();
        long offset = 0;
        foreach ((string name, string type, long[] shape, byte[] data) in _arrays)
        {
            json.WriteStartObject(name);
            json.WriteString("dtype", type);
            WriteNumbers(json, "shape", shape);
            WriteNumbers(json, "data_offsets", offset, offset + data.Length);
            json.WriteEndObject();
            offset += data.Length;
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, params ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}

/// <summary>Element types by the names safetensors gives them.</summary>
internal static class SafeTensorsTypes
{
    public static string NameOf<T>() where T : unmanaged => typeof(T) == typeof(float) ? "F32"
        : typeof(T) == typeof(double) ? "F64"
        : typeof(T) == typeof(long) ? "I64"
        : throw new NotSupportedException(typeof(T).Name);
}
