using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>Reads the elements of an int32 or int64 tensor as 64-bit integers.</summary>
internal readonly unsafe struct Indices(Tensor tensor)
{
    private readonly byte* _data = tensor.Data;
    private readonly bool _isWide = tensor.Type == DataType.Int64;

    /// <summary>Element <paramref name="i"/>; the caller stays inside the tensor.</summary>
    public long this[long i] => _isWide ? ((long*)_data)[i] : ((int*)_data)[i];
}
