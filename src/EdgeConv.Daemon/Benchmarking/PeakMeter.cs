using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// What one core of this machine reaches in fp32: fused multiply-adds on registers only, twelve independent
/// chains, so that a latency of up to six cycles on two units is hidden.
/// </summary>
internal static class PeakMeter
{
    private const int Chains = 12;
    private const int Rounds = 20_000;
    private const int Bursts = 3;

    // A chain tends to addend / (1 - factor) = 1: never subnormal, never infinite.
    private const float Factor = 0.75f;
    private const float Addend = 0.25f;

    private static float s_sink;

    /// <summary>The best of three bursts of a fraction of a millisecond, in GFLOP/s of one thread.</summary>
    public static double MeasureGflops()
    {
        bool isWide = Vector256.IsHardwareAccelerated;
        double flops = 2.0 * (isWide ? Vector256<float>.Count : Vector128<float>.Count) * Chains * Rounds;
        double best = 0;
        for (int i = 0; i < Bursts; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            s_sink = isWide ? Run256(Factor, Addend) : Run128(Factor, Addend);
            best = Math.Max(best, flops / Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Run256(float factor, float addend)
    {
        Vector256<float> f = Vector256.Create(factor), a = Vector256.Create(addend);
        Vector256<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a;
        Vector256<float> c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < Rounds; i++)
        {
            c0 = Vector256.FusedMultiplyAdd(c0, f, a);
            c1 = Vector256.FusedMultiplyAdd(c1, f, a);
            c2 = Vector256.FusedMultiplyAdd(c2, f, a);
            c3 = Vector256.FusedMultiplyAdd(c3, f, a);
            c4 = Vector256.FusedMultiplyAdd(c4, f, a);
            c5 = Vector256.FusedMultiplyAdd(c5, f, a);
            c6 = Vector256.FusedMultiplyAdd(c6, f, a);
            c7 = Vector256.FusedMultiplyAdd(c7, f, a);
            c8 = Vector256.FusedMultiplyAdd(c8, f, a);
            c9 = Vector256.FusedMultiplyAdd(c9, f, a);
            c10 = Vector256.FusedMultiplyAdd(c10, f, a);
            c11 = Vector256.FusedMultiplyAdd(c11, f, a);
        }

        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + (c6 + c7 + c8 + c9 + c10 + c11));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Run128(float factor, float addend)
    {
        Vector128<float> f = Vector128.Create(factor), a = Vector128.Create(addend);
        Vector128<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a;
        Vector128<float> c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < Rounds; i++)
        {
            c0 = Vector128.FusedMultiplyAdd(c0, f, a);
            c1 = Vector128.FusedMultiplyAdd(c1, f, a);
            c2 = Vector128.FusedMultiplyAdd(c2, f, a);
            c3 = Vector128.FusedMultiplyAdd(c3, f, a);
            c4 = Vector128.FusedMultiplyAdd(c4, f, a);
            c5 = Vector128.FusedMultiplyAdd(c5, f, a);
            c6 = Vector128.FusedMultiplyAdd(c6, f, a);
            c7 = Vector128.FusedMultiplyAdd(c7, f, a);
            c8 = Vector128.FusedMultiplyAdd(c8, f, a);
            c9 = Vector128.FusedMultiplyAdd(c9, f, a);
            c10 = Vector128.FusedMultiplyAdd(c10, f, a);
            c11 = Vector128.FusedMultiplyAdd(c11, f, a);
        }

        return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + (c6 + c7 + c8 + c9 + c10 + c11));
    }
}
