namespace EdgeConv.Kernels;

/// <summary>The instructions a kernel is written in: the last word of its name.</summary>
public enum KernelSet
{
    /// <summary>Plain C#, any machine.</summary>
    Scalar,

    /// <summary>x64 with AVX2 and FMA, eight lanes.</summary>
    Avx2,

    /// <summary>x64 with AVX-512, sixteen lanes; only in a build for x86-64-v4.</summary>
    Avx512,

    /// <summary>arm64 Advanced SIMD, four lanes.</summary>
    Neon,
}
