using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// Reads what <see cref="SafeTensorsWriter"/> wrote, trusting nothing: every problem is a
/// <see cref="FingerprintError"/>, and no allocation exceeds the size of the file.
/// </summary>
internal sealed class SafeTensorsReader
{
    private readonly string _place;
    private readonly ReadOnlyMemory<byte> _data;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly Dictionary<string, (string Type, long[] Shape, long Begin, long End)> _arrays = [];

    public SafeTensorsReader(string place, ReadOnlyMemory<byte> bytes)
    {
        _place = place;
        if (bytes.Length < 8)
            throw Error($"{bytes.Length} bytes are no safetensors file");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span);
        if (length > (ulong)bytes.Length - 8)
            throw Error($"its header claims {length} bytes, but the file has {bytes.Length}");
        _data = bytes[(8 + (int)length)..];
        try
        {
            ReadHeader(bytes.Span.Slice(8, (int)length));
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new FingerprintError(place, $"its header cannot be read: {problem.Message}", problem);
        }
    }

    public FingerprintError Error(string problem) => new(_place, problem);

    public string? FindText(string name) => _metadata.GetValueOrDefault(name);

    public string Text(string name) => FindText(name) ?? throw Error($"its header has no '{name}'");

    /// <summary>A copy of the array, which must have this type and shape.</summary>
    public T[] Array<T>(string name, params long[] shape) where T : unmanaged
    {
        if (!_arrays.TryGetValue(name, out var array))
            throw Error($"it has no tensor '{name}'");
        string type = SafeTensorsTypes.NameOf<T>();
        if (array.Type != type || !array.Shape.AsSpan().SequenceEqual(shape))
        {
            throw Error($"tensor '{name}' is {array.Type}[{string.Join(',', array.Shape)}], "
                + $"{type}[{string.Join(',', shape)}] expected");
        }

        ReadOnlySpan<byte> bytes = _data.Span[(int)array.Begin..(int)array.End];
        T[] values = new T[bytes.Length / Marshal.SizeOf<T>()];
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The rows of an array <c>[any, length]</c>.</summary>
    public float[][] Rows(string name, int length)
    {
        long rows = _arrays.TryGetValue(name, out var array) && array.Shape.Length == 2 ? array.Shape[0] : 0;
        return [.. Array<float>(name, rows, length).Chunk(length)];
    }

    /// <summary>The rows of an array <c>[any, length]</c> of finite numbers.</summary>
    public float[][] FiniteRows(string name, int length)
    {
        float[][] rows = Rows(name, length);
        return System.Array.TrueForAll(rows, row => row.All(float.IsFinite))
            ? rows
            : throw Error($"tensor '{name}' is not finite");
    }

    /// <summary>Elements of a one-dimensional array.</summary>
    public long LengthOf(string name) => _arrays.TryGetValue(name, out var array) && array.Shape.Length == 1
        ? array.Shape[0]
        : throw Error($"it has no tensor '{name}' of one dimension");

    private void ReadHeader(ReadOnlySpan<byte> header)
    {
        Utf8JsonReader json = new(header);
        Expect(ref json, JsonTokenType.StartObject);
        while (NextName(ref json, out string name))
        {
            if (name == "__metadata__")
                ReadMetadata(ref json);
            else
                ReadArray(ref json, name);
        }

        if (json.Read())
            throw Error("text follows its header");
        CheckCoverage();
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject);
        while (NextName(ref json, out string name))
        {
            Expect(ref json, JsonTokenType.String);
            if (!_metadata.TryAdd(name, json.GetString()!))
                throw Error($"its header has '{name}' twice");
        }
    }

    private void ReadArray(ref Utf8JsonReader json, string name)
    {
        string type = "";
        long[] shape = [], offsets = [];
        Expect(ref json, JsonTokenType.StartObject);
        while (NextName(ref json, out string key))
        {
            if (key == "dtype")
                type = Expect(ref json, JsonTokenType.String).GetString()!;
            else if (key == "shape")
                shape = ReadNumbers(ref json);
            else if (key == "data_offsets")
                offsets = ReadNumbers(ref json);
            else
                throw Error($"tensor '{name}' has an unknown '{key}'");
        }

        if (offsets.Length != 2 || SizeOf(type, shape) is not long size || offsets[1] - offsets[0] != size)
            throw Error($"tensor '{name}' has a size that is not that of its type and shape");
        if (offsets[1] > _data.Length)
            throw Error($"tensor '{name}' ends at byte {offsets[1]} of {_data.Length}");
        if (!_arrays.TryAdd(name, (type, shape, offsets[0], offsets[1])))
            throw Error($"it has tensor '{name}' twice");
    }

    // The arrays cover the data without gaps or overlaps, so that no byte is without meaning.
    private void CheckCoverage()
    {
        long end = 0;
        foreach (var array in _arrays.Values.OrderBy(a => a.Begin).ThenBy(a => a.End))
        {
            if (array.Begin != end)
                throw Error($"its tensors leave a gap or overlap at byte {end} of the data");
            end = array.End;
        }

        if (end != _data.Length)
            throw Error($"its tensors end at byte {end} of {_data.Length}");
    }

    private static long? SizeOf(string type, long[] shape)
    {
        long size = type switch { "F32" => 4, "F64" or "I64" => 8, _ => 0 };
        if (size == 0)
            return null;
        foreach (long extent in shape)
        {
            if (extent < 0 || (extent != 0 && size > int.MaxValue / extent))
                return null;
            size *= extent;
        }

        return size;
    }

    private long[] ReadNumbers(ref Utf8JsonReader json)
    {
        List<long> numbers = [];
        Expect(ref json, JsonTokenType.StartArray);
        while (json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long number))
        {
            if (number < 0)
                throw Error($"a size or offset is {number}");
            numbers.Add(number);
        }

        if (json.TokenType != JsonTokenType.EndArray)
            throw Error("a shape or offset is not an integer");
        return [.. numbers];
    }

    private static bool NextName(ref Utf8JsonReader json, out string name)
    {
        json.Read();
        name = json.TokenType == JsonTokenType.PropertyName ? json.GetString()! : "";
        return json.TokenType == JsonTokenType.PropertyName;
    }

    private ref Utf8JsonReader Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != type)
            throw Error($"its header has {json.TokenType} where {type} is expected");
        return ref json;
    }
}
