using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeConv.Kernels.Lanes;

/// <summary>Four lanes of arm64 Advanced SIMD.</summary>
internal readonly unsafe struct NeonLanes : ILanes<Vector128<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    public static int Registers => 32;

    public static KernelSet Set => KernelSet.Neon;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> First, Vector128<float> Second) LoadPair(float* source) =>
        AdvSimd.Arm64.LoadPairVector128(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector128<float> value) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadPartial(float* source, int count)
    {
        Vector128<float> value = Vector128.CreateScalar(*source);
        if (count > 1)
            value = AdvSimd.LoadAndInsertScalar(value, 1, source + 1);
        if (count > 2)
            value = AdvSimd.LoadAndInsertScalar(value, 2, source + 2);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* destination, Vector128<float> value, int count)
    {
        AdvSimd.StoreSelectedScalar(destination, value, 0);
        if (count > 1)
            AdvSimd.StoreSelectedScalar(destination + 1, value, 1);
        if (count > 2)
            AdvSimd.StoreSelectedScalar(destination + 2, value, 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(float* destination, Vector128<float> a, Vector128<float> b)
    {
        AdvSimd.Arm64.ZipLow(a, b).Store(destination);
        AdvSimd.Arm64.ZipHigh(a, b).Store(destination + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePixels(
        byte* pixels, Vector128<float> red, Vector128<float> green, Vector128<float> blue)
    {
        Vector128<int> colors = AdvSimd.ConvertToInt32RoundToZero(red)
            | (AdvSimd.ConvertToInt32RoundToZero(green) << 8)
            | (AdvSimd.ConvertToInt32RoundToZero(blue) << 16);
        AdvSimd.Arm64.VectorTableLookup(colors.AsByte(), Vector128.Create(
            (byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0x80, 0x80, 0x80, 0x80)).Store(pixels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => AdvSimd.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => AdvSimd.Subtract(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => AdvSimd.Multiply(a, b);

    // An estimate of 8 bits and two steps of Newton's: the divider of an A72 is blocked for longer than all
    // of them take. The step's instruction takes 0 ∞ for 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b)
    {
        Vector128<float> inverse = AdvSimd.ReciprocalEstimate(b);
        inverse = AdvSimd.Multiply(inverse, AdvSimd.ReciprocalStep(b, inverse));
        inverse = AdvSimd.Multiply(inverse, AdvSimd.ReciprocalStep(b, inverse));
        return AdvSimd.Multiply(a, inverse);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        AdvSimd.FusedMultiplyAdd(c, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> bound, Vector128<float> value) =>
        AdvSimd.Max(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MaxOrNaN(Vector128<float> a, Vector128<float> b) => AdvSimd.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Min(Vector128<float> bound, Vector128<float> value) =>
        AdvSimd.Min(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Floor(Vector128<float> value) => AdvSimd.Floor(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Abs(Vector128<float> value) => AdvSimd.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> WithSign(Vector128<float> magnitude, Vector128<float> sign) =>
        AdvSimd.BitwiseSelect(Vector128.Create(-0f), sign, magnitude);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SelectLess(
        Vector128<float> a, Vector128<float> b, Vector128<float> then, Vector128<float> otherwise) =>
        AdvSimd.BitwiseSelect(AdvSimd.CompareLessThan(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> PowerOfTwo(Vector128<float> biased) =>
        Vector128.ShiftLeft(biased.AsInt32(), 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo(double* totals, Vector128<float> value)
    {
        (AdvSimd.Arm64.ConvertToDouble(value.GetLower()) + Vector128.Load(totals)).Store(totals);
        (AdvSimd.Arm64.ConvertToDoubleUpper(value) + Vector128.Load(totals + 2)).Store(totals + 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value) => Vector128.Sum(value);
}
