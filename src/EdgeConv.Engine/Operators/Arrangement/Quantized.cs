using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>Reads int8 and uint8 elements less their zero point: q - z.</summary>
internal readonly unsafe struct Quantized
{
    private readonly byte* _data;
    private readonly bool _isSigned;
    private readonly byte* _zeros;
    private readonly bool _hasManyZeros;

    /// <summary>Reads <paramref name="tensor"/>.</summary>
    /// <param name="tensor">int8 or uint8.</param>
    /// <param name="zeros">Zero points of the same type, one or one a channel; null for 0.</param>
    public Quantized(Tensor tensor, Tensor? zeros)
    {
        _data = tensor.Data;
        _isSigned = tensor.Type == DataType.Int8;
        _zeros = zeros is null ? null : zeros.Data;
        _hasManyZeros = zeros is not null && zeros.Length > 1;
    }

    /// <summary>
    /// Element <paramref name="i"/> of channel <paramref name="channel"/>, less its zero point.
    /// </summary>
    public int this[long i, int channel] => Read(_data, i) - ZeroOf(channel);

    /// <summary>The zero point of a channel.</summary>
    public int ZeroOf(int channel) => _zeros is null ? 0 : Read(_zeros, _hasManyZeros ? channel : 0);

    /// <summary>y[i] += factor · (x[from + i · step] - zero) for <paramref name="count"/> elements.</summary>
    public void AddScaled(int* y, int factor, long from, int step, int count)
    {
        int zero = ZeroOf(0);
        byte* x = _data + from;
        if (_isSigned)
        {
            for (int i = 0; i < count; i++)
                y[i] += factor * ((sbyte)x[(long)i * step] - zero);
        }
        else
        {
            for (int i = 0; i < count; i++)
                y[i] += factor * (x[(long)i * step] - zero);
        }
    }

    private int Read(byte* data, long i) => _isSigned ? (sbyte)data[i] : data[i];
}

/// <summary>Scales, one or one a channel.</summary>
internal readonly unsafe struct Scales(Tensor tensor)
{
    private readonly float* _data = (float*)tensor.Data;
    private readonly bool _isMany = tensor.Length > 1;

    /// <summary>The scale of a channel.</summary>
    public float this[int channel] => _data[_isMany ? channel : 0];
}

/// <summary>q = saturate(round(x · factor) + z), halves to even, as QuantizeLinear rounds.</summary>
internal readonly unsafe struct Requantizer
{
    private readonly int _zero;
    private readonly (int Least, int Most) _range;

    /// <summary>Into elements of <paramref name="zero"/>'s type.</summary>
    public Requantizer(Tensor zero)
    {
        bool isSigned = zero.Type == DataType.Int8;
        _zero = isSigned ? (sbyte)*zero.Data : *zero.Data;
        _range = isSigned ? (sbyte.MinValue, sbyte.MaxValue) : (byte.MinValue, byte.MaxValue);
    }

    /// <summary>Quantizes <paramref name="count"/> sums.</summary>
    public void Run(int* sums, float factor, byte* q, int count)
    {
        for (int i = 0; i < count; i++)
        {
            float scaled = MathF.Round(sums[i] * factor, MidpointRounding.ToEven) + _zero;
            q[i] = (byte)(int)Math.Clamp(scaled, _range.Least, _range.Most);
        }
    }
}
