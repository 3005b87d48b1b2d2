using System.Runtime.CompilerServices;

namespace EdgeConv.Kernels.Lanes;

/// <summary>
/// The operations of one instruction set on a vector of floats, so that a loop is written once and compiled
/// for each width. All methods inline to one or a few instructions; none tests a CPU feature.
/// </summary>
/// <typeparam name="T">The vector: <c>Vector256&lt;float&gt;</c>, <c>Vector128&lt;float&gt;</c> or a lone
/// float.</typeparam>
internal unsafe interface ILanes<T> where T : struct
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Vector registers.</summary>
    static virtual int Registers => 16;

    /// <summary>The instruction set.</summary>
    static abstract KernelSet Set { get; }

    static abstract T Load(float* source);

    /// <summary>Two neighbouring vectors; never taken from registers that hold them already.</summary>
    static virtual (T First, T Second) LoadPair(float* source) =>
        (Unsafe.ReadUnaligned<T>(source), Unsafe.ReadUnaligned<T>((byte*)source + Unsafe.SizeOf<T>()));

    static abstract void Store(float* destination, T value);

    /// <summary>Reads 1 to Count-1 floats and no byte more; the other lanes are zero.</summary>
    static abstract T LoadPartial(float* source, int count);

    /// <summary>Writes 1 to Count-1 floats and no byte more.</summary>
    static abstract void StorePartial(float* destination, T value, int count);

    /// <summary>Writes a[0], b[0], a[1], b[1] and so on.</summary>
    static abstract void StoreInterleaved(float* destination, T a, T b);

    /// <summary>
    /// Writes red, green and blue of each lane as bytes side by side, without their fractions; values are at
    /// least 0 and below 256. Four bytes behind them may be overwritten.
    /// </summary>
    static abstract void StorePixels(byte* pixels, T red, T green, T blue);

    static abstract T Broadcast(float value);

    static abstract T Add(T a, T b);

    static abstract T Subtract(T a, T b);

    static abstract T Multiply(T a, T b);

    /// <summary>
    /// a / b within 3 units in the last place for b ≥ 1 and a finite quotient; a / ∞ is 0 for a finite a.
    /// </summary>
    static abstract T Divide(T a, T b);

    /// <summary>a b + c, rounded once where the machine can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>The greater one; a NaN in <paramref name="value"/> stays.</summary>
    static abstract T Max(T bound, T value);

    /// <summary>The greater one; NaN when either is.</summary>
    static abstract T MaxOrNaN(T a, T b);

    /// <summary>The lesser one; a NaN in <paramref name="value"/> stays.</summary>
    static abstract T Min(T bound, T value);

    static abstract T Abs(T value);

    /// <summary>The greatest whole number that is not greater.</summary>
    static abstract T Floor(T value);

    /// <summary><paramref name="magnitude"/> ≥ 0 with the sign of <paramref name="sign"/>.</summary>
    static abstract T WithSign(T magnitude, T sign);

    /// <summary>
    /// <paramref name="a"/> &lt; <paramref name="b"/> ? <paramref name="then"/> : <paramref
    /// name="otherwise"/>.
    /// </summary>
    static abstract T SelectLess(T a, T b, T then, T otherwise);

    /// <summary>
    /// 2^n of <see cref="Exponents.Bias"/> + n for n in -126..128: its lowest bits moved to the place of an
    /// exponent.
    /// </summary>
    static abstract T PowerOfTwo(T biased);

    /// <summary>Adds each lane to one of Count doubles.</summary>
    static abstract void AddTo(double* totals, T value);

    /// <summary>Sum over the lanes.</summary>
    static abstract float Sum(T value);
}

/// <summary>Integers that a float holds in its lowest bits.</summary>
internal static class Exponents
{
    /// <summary>
    /// 1.5 2^23 + 127: added to n it leaves n, rounded, and the bias of an exponent in the lowest bits.
    /// </summary>
    public const float Bias = 12582912f + 127;
}
