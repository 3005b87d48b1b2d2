using Xunit;

namespace EdgeConv.Kernels.Tests.Support;

/// <summary>The instruction sets of this machine: each claim is held by every one.</summary>
public static class Sets
{
    /// <summary>One row a set.</summary>
    public static TheoryData<KernelSet> All => [.. KernelTable.SupportedSets];
}
