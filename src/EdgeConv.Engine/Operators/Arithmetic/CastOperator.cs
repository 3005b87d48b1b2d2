using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = x in another element type. Real numbers become integers by dropping the fraction; out of range they
/// become the nearest integer there is, and NaN becomes 0. Integers that do not fit keep their low bits.
/// Everything but 0 is true.
/// </summary>
internal sealed unsafe class CastOperator : Operator
{
    private readonly bool _isLike;
    private DataType _target;

    /// <param name="node">The node.</param>
    /// <param name="isLike">CastLike: the target is the type of input 1, not attribute <c>to</c>.</param>
    public CastOperator(Node node, bool isLike = false) : base(node)
    {
        _isLike = isLike;
        node.Attributes.Ignore("saturate");
        if (!isLike)
            _target = TargetOf(node);
    }

    public override bool IsView => Node.Inputs[0]?.Type == _target;

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(_isLike ? 2 : 1, 1);
        if (_isLike)
            _target = context.TypeOf(1);
        return [new TensorType(_target, context.ShapeOf(0))];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        Tensor y = outputs[0]!;
        y.FitTo(x.Shape);
        switch (x.Type)
        {
            case DataType.Float32: To((float*)x.Data, y); break;
            case DataType.Float64: To((double*)x.Data, y); break;
            case DataType.Int8: To((sbyte*)x.Data, y); break;
            case DataType.Int32: To((int*)x.Data, y); break;
            case DataType.Int64: To((long*)x.Data, y); break;
            case DataType.UInt8: To(x.Data, y); break;
            default: FromBool(x, y); break;
        }
    }

    private static void To<T>(T* x, Tensor y) where T : unmanaged, INumber<T>
    {
        switch (y.Type)
        {
            case DataType.Float32: Convert(x, (float*)y.Data, y.Length); break;
            case DataType.Float64: Convert(x, (double*)y.Data, y.Length); break;
            case DataType.Int8: Convert(x, (sbyte*)y.Data, y.Length); break;
            case DataType.UInt8: Convert(x, y.Data, y.Length); break;
            case DataType.Int32: Convert(x, (int*)y.Data, y.Length); break;
            case DataType.Int64: Convert(x, (long*)y.Data, y.Length); break;
            default: ToBool(x, (bool*)y.Data, y.Length); break;
        }
    }

    private static void Convert<T, TResult>(T* x, TResult* y, int count)
        where T : unmanaged, INumber<T> where TResult : unmanaged, INumber<TResult>
    {
        for (int i = 0; i < count; i++)
            y[i] = Element.IsFloat<T>() ? TResult.CreateSaturating(x[i]) : TResult.CreateTruncating(x[i]);
    }

    private static void ToBool<T>(T* x, bool* y, int count) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < count; i++)
            y[i] = !T.IsZero(x[i]);
    }

    private static void FromBool(Tensor x, Tensor y)
    {
        switch (DataTypes.SizeOf(y.Type))
        {
            case 1: Ones<byte>(x.Data, y.Data, y.Length, one: 1); break;
            case 4: Ones(x.Data, (int*)y.Data, y.Length, y.Type == DataType.Float32 ? FloatOne : 1); break;
            default: Ones(x.Data, (long*)y.Data, y.Length, y.Type == DataType.Float64 ? DoubleOne : 1); break;
        }
    }

    private static int FloatOne => BitConverter.SingleToInt32Bits(1);

    private static long DoubleOne => BitConverter.DoubleToInt64Bits(1);

    private static void Ones<T>(byte* x, T* y, int count, T one) where T : unmanaged
    {
        for (int i = 0; i < count; i++)
            y[i] = x[i] != 0 ? one : default;
    }

    // Element types are numbers as in onnx.proto; below opset 6 they are names.
    private static DataType TargetOf(Node node)
    {
        string name = node.Opset < 6
            ? node.Attributes.GetString(node, "to", "")
            : NameOf(node.Attributes.GetInt(node, "to"));
        return name switch
        {
            "FLOAT" => DataType.Float32,
            "UINT8" => DataType.UInt8,
            "INT8" => DataType.Int8,
            "INT32" => DataType.Int32,
            "INT64" => DataType.Int64,
            "BOOL" => DataType.Bool,
            "DOUBLE" => DataType.Float64,
            _ => throw ModelError.Unsupported(
                node.Place, $"attribute 'to' is type {name}, which is not supported"),
        };
    }

    private static string NameOf(long type) => type switch
    {
        1 => "FLOAT",
        2 => "UINT8",
        3 => "INT8",
        4 => "UINT16",
        5 => "INT16",
        6 => "INT32",
        7 => "INT64",
        8 => "STRING",
        9 => "BOOL",
        10 => "FLOAT16",
        11 => "DOUBLE",
        12 => "UINT32",
        13 => "UINT64",
        16 => "BFLOAT16",
        _ => $"{type}",
    };
}
