using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The greatest element of every window, NaN where it holds one; output 1 holds its place in the whole input,
/// counted in row-major order or, with <c>storage_order</c> 1, with the first spatial axis running fastest.
/// </summary>
internal sealed unsafe class MaxPool : PoolOperator
{
    private readonly bool _isColumnMajor;
    private byte[] _row = [];

    public MaxPool(Node node) : base(node, hasDilations: node.Opset >= 10, hasCeiling: node.Opset >= 10)
    {
        if (node.Opset >= 8)
            _isColumnMajor = node.Attributes.GetInt(node, "storage_order", 0) != 0;
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        DataType type = context.TypeOf(0);
        Require(type, 0, DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8);
        Shape shape = PlanWindows(context.ShapeOf(0));
        _row = new byte[Math.Max(1, Axes[2].Input) * DataTypes.SizeOf(type)];
        return Outputs(new TensorType(type, shape), new TensorType(DataType.Int64, shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor output = outputs[0]!;
        long* places = outputs.Length > 1 && outputs[1] is { } indices ? (long*)indices.Data : null;
        byte* x = inputs[0]!.Data;
        byte* y = output.Data;
        switch (output.Type)
        {
            case DataType.Float32: Pool((float*)x, (float*)y, places, float.NegativeInfinity); break;
            case DataType.Float64: Pool((double*)x, (double*)y, places, double.NegativeInfinity); break;
            case DataType.Int8: Pool((sbyte*)x, (sbyte*)y, places, sbyte.MinValue); break;
            default: Pool(x, y, places, byte.MinValue); break;
        }
    }

    private void Pool<T>(T* x, T* y, long* places, T least) where T : unmanaged, INumber<T>
    {
        fixed (byte* row = _row)
        {
            for (int plane = 0; plane < Planes; plane++)
            {
                if (places is null)
                    PoolPlane(x, y, (T*)row, least);
                else
                    PoolPlaneWithPlaces(x, y, places + ((long)plane * OutputPlane), (long)plane * InputPlane);
                x += InputPlane;
                y += OutputPlane;
            }
        }
    }

    // First the rows of a window are joined across the whole width, which is contiguous; then its columns.
    private void PoolPlane<T>(T* x, T* y, T* row, T least) where T : unmanaged, INumber<T>
    {
        int width = Axes[2].Input;
        for (int d = 0; d < Axes[0].Output; d++)
        {
            (int depthFirst, int depthEnd) = Axes[0].TapsInside(d);
            for (int h = 0; h < Axes[1].Output; h++)
            {
                (int first, int end) = Axes[1].TapsInside(h);
                new Span<T>(row, width).Fill(least);
                for (int kd = depthFirst; kd < depthEnd; kd++)
                {
                    T* slice = x + ((long)Axes[0].Place(d, kd) * Axes[1].Input * width);
                    for (int kh = first; kh < end; kh++)
                        RowLoops.Max(row, slice + ((long)Axes[1].Place(h, kh) * width), width);
                }

                y = PoolRow(row, y, least);
            }
        }
    }

    private T* PoolRow<T>(T* row, T* y, T least) where T : unmanaged, INumber<T>
    {
        int step = Axes[2].Dilation;
        foreach ((int start, int count) in Columns)
        {
            T greatest = least;
            for (int k = 0, place = start; k < count; k++, place += step)
                greatest = T.Max(greatest, row[place]);
            *y++ = greatest;
        }

        return y;
    }

    private void PoolPlaneWithPlaces<T>(T* x, T* y, long* places, long plane) where T : unmanaged, INumber<T>
    {
        for (int d = 0; d < Axes[0].Output; d++)
        {
            for (int h = 0; h < Axes[1].Output; h++)
            {
                for (int w = 0; w < Axes[2].Output; w++)
                {
                    long place = GreatestIn(x, d, h, w);
                    *y++ = x[place];
                    *places++ = plane + (_isColumnMajor ? ColumnMajor(place) : place);
                }
            }
        }
    }

    private long GreatestIn<T>(T* x, int d, int h, int w) where T : unmanaged, INumber<T>
    {
        (int depthFirst, int depthEnd) = Axes[0].TapsInside(d);
        (int rowFirst, int rowEnd) = Axes[1].TapsInside(h);
        (int first, int end) = Axes[2].TapsInside(w);
        long best = -1;
        for (int kd = depthFirst; kd < depthEnd; kd++)
        {
            for (int kh = rowFirst; kh < rowEnd; kh++)
            {
                long row =
                    (((long)Axes[0].Place(d, kd) * Axes[1].Input) + Axes[1].Place(h, kh)) * Axes[2].Input;
                for (int kw = first; kw < end; kw++)
                {
                    long place = row + Axes[2].Place(w, kw);
                    if (best < 0 || x[place] > x[best] || (T.IsNaN(x[place]) && !T.IsNaN(x[best])))
                        best = place;
                }
            }
        }

        return best >= 0 ? best : throw Error("a window lies in the padding alone and has no index");
    }

    private long ColumnMajor(long place)
    {
        (int depth, int height, int width) = (Axes[0].Input, Axes[1].Input, Axes[2].Input);
        long w = place % width;
        long h = place / width % height;
        long d = place / width / height;
        return d + (depth * (h + (height * w)));
    }
}
