using EdgeConv.Core;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf.Collections;

namespace EdgeConv.Engine.Onnx;

/// <summary>
/// Turns a <see cref="TensorProto"/> into a <see cref="Tensor"/>. The number of elements it declares is held
/// against the data it brings before anything is allocated.
/// </summary>
internal static class TensorReader
{
    private const int ExternalLocation = 1;

    // What is smaller is read at once: it takes less memory than what it would take to read it later.
    private const int LeastBytesReadLater = 4 << 10;

    /// <summary>Reads the tensor at <paramref name="place"/>.</summary>
    /// <exception cref="ModelError">
    /// Data that does not fit the declaration, or a type we do not hold.
    /// </exception>
    public static Tensor Read(TensorProto proto, string place)
    {
        if (!proto.HasRawData)
            return Read(proto, null, place);
        MemorySource source = new(proto.RawData.ToByteArray());
        Tensor tensor = Read(proto, new RawData(source, 0, source.Length), place);
        tensor.Complete();
        return tensor;
    }

    /// <summary>
    /// Reads the tensor at <paramref name="place"/> whose raw data, if it has any, is in its file. Where that
    /// is large, it stays there until the tensor's elements are asked for.
    /// </summary>
    /// <exception cref="ModelError">As above.</exception>
    public static Tensor Read(TensorProto proto, RawData? raw, string place)
    {
        if (proto.DataLocation == ExternalLocation || proto.ExternalData.Count > 0)
            throw ModelError.Unsupported(
                place, "data in a separate file is not supported; store it in the model");
        if (proto.Segment is not null)
            throw ModelError.Unsupported(place, "a tensor in segments is not supported");
        DataType type = ElementTypes.Find(proto.DataType, place);
        if (!Shape.TryCreate(proto.Dims.AsSpan(), out Shape? shape, out string? problem))
            throw new ModelError(place, problem);
        int lists = Filled(proto.FloatData) + Filled(proto.Int32Data) + Filled(proto.Int64Data)
            + Filled(proto.DoubleData);
        if (lists + (raw is { Length: > 0 } ? 1 : 0) > 1)
            throw new ModelError(place, "its data is given twice, in different fields");
        return raw is not null && lists == 0
            ? FromRaw(raw, type, shape, place)
            : FromList(proto, type, shape, place);

        static int Filled<T>(RepeatedField<T> list) => list.Count > 0 ? 1 : 0;
    }

    private static Tensor FromRaw(RawData raw, DataType type, Shape shape, string place)
    {
        long bytes = shape.ElementCount * DataTypes.SizeOf(type);
        if (raw.Length != bytes)
        {
            throw new ModelError(
                place, $"{raw.Length} bytes of data, {DataTypes.NameOf(type)}{shape} takes {bytes}");
        }

        Tensor tensor = new(type, shape, elements => Fill(elements, raw, type, place));
        if (bytes < LeastBytesReadLater || type == DataType.Bool)
            tensor.Complete();
        return tensor;
    }

    private static void Fill(Span<byte> elements, RawData raw, DataType type, string place)
    {
        raw.Source.Read(raw.Offset, elements);
        if (type == DataType.Bool && elements.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new ModelError(place, "bool data must be 0 or 1");
    }

    private static Tensor FromList(TensorProto proto, DataType type, Shape shape, string place) => type switch
    {
        DataType.Float32 => Copy(proto.FloatData, shape, place),
        DataType.Float64 => Copy(proto.DoubleData, shape, place),
        DataType.Int64 => Copy(proto.Int64Data, shape, place),
        DataType.Int32 => Copy(proto.Int32Data, shape, place),
        DataType.Int8 => Narrow<sbyte>(proto.Int32Data, shape, place),
        DataType.UInt8 => Narrow<byte>(proto.Int32Data, shape, place),
        _ => NarrowBool(proto.Int32Data, shape, place),
    };

    private static Tensor Copy<T>(RepeatedField<T> list, Shape shape, string place) where T : unmanaged
    {
        CheckCount(list.Count, shape, place);
        return Tensor.From(shape, list.AsSpan());
    }

    private static Tensor Narrow<T>(RepeatedField<int> list, Shape shape, string place)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        CheckCount(list.Count, shape, place);
        Tensor tensor = new(DataTypes.Of<T>(), shape);
        Span<T> target = tensor.AsSpan<T>();
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = T.CreateTruncating(list[i]);
            if (int.CreateTruncating(target[i]) != list[i])
                throw new ModelError(place, $"value {list[i]} does not fit {DataTypes.NameOf(tensor.Type)}");
        }

        return tensor;
    }

    private static Tensor NarrowBool(RepeatedField<int> list, Shape shape, string place)
    {
        CheckCount(list.Count, shape, place);
        Tensor tensor = new(DataType.Bool, shape);
        Span<byte> target = tensor.AsBytes();
        for (int i = 0; i < target.Length; i++)
        {
            if (list[i] is not (0 or 1))
                throw new ModelError(place, $"bool data must be 0 or 1, value {i} is {list[i]}");
            target[i] = (byte)list[i];
        }

        return tensor;
    }

    private static void CheckCount(int count, Shape shape, string place)
    {
        if (count != shape.ElementCount)
            throw new ModelError(place, $"{count} values, shape {shape} takes {shape.ElementCount}");
    }

    private static ReadOnlySpan<T> AsSpan<T>(this RepeatedField<T> list) where T : unmanaged
    {
        T[] copy = new T[list.Count];
        list.CopyTo(copy, 0);
        return copy;
    }
}
