using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class WideBuildTest
{
    [Theory]
    [InlineData("flags : fpu avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni", true)]
    [InlineData("flags : fpu avx2 avx512f avx512dq avx512cd avx512bw", false)]
    [InlineData("flags : fpu avx2 avx512f_like avx512dq avx512cd avx512bw avx512vl", false)]
    [InlineData("", false)]
    public void It_runs_where_all_of_its_instructions_are(string flags, bool runs) =>
        Assert.Equal(runs, WideBuild.RunsHere(flags));
}
