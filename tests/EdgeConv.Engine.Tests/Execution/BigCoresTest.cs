using EdgeConv.Engine.Execution;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public sealed class BigCoresTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cores").FullName;

    // As four Cortex-A55, three A76 and one faster A76 (Snapdragon 855) report themselves.
    private static readonly int[] s_mixed = [284, 284, 284, 284, 871, 871, 871, 1024];

    [Theory]
    [InlineData(1, new[] { 7 })]
    [InlineData(2, new[] { 4, 5, 6, 7 })]
    [InlineData(4, new[] { 4, 5, 6, 7 })]
    [InlineData(5, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(20, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    public void As_many_of_the_fastest_as_there_are_threads(int threads, int[] expected) =>
        Assert.Equal(expected, BigCores.Choose(Written(s_mixed, 0, 1, 2, 3, 4, 5, 6, 7), threads));

    [Fact]
    public void Only_cores_of_the_cpuset_are_taken() =>
        Assert.Equal([2, 3], BigCores.Choose(Written(s_mixed, 2, 3), 1));

    [Fact]
    public void Cores_that_are_alike_are_all_taken() =>
        Assert.Equal([0, 1, 2, 3], BigCores.Choose(Written([1024, 1024, 1024, 1024], 0, 1, 2, 3), 1));

    [Theory]
    [InlineData("")]
    [InlineData("fast\n")]
    [InlineData("99999999999999999999\n")]
    public void A_capacity_that_is_no_number_is_that_of_any_core(string text)
    {
        Write(0, text);
        Write(1, "1024\n");
        Assert.Equal([0, 1], BigCores.Choose(BigCores.Capacities(_folder, [0, 1]), 1));
    }

    [Fact]
    public void Without_capacities_all_cores_are_alike() =>
        Assert.Equal([0, 5], BigCores.Choose(BigCores.Capacities(_folder, [0, 5]), 1));

    public void Dispose() => Directory.Delete(_folder, true);

    private IReadOnlyDictionary<int, int> Written(int[] capacities, params int[] cores)
    {
        for (int core = 0; core < capacities.Length; core++)
            Write(core, $"{capacities[core]}\n");
        return BigCores.Capacities(_folder, cores);
    }

    private void Write(int core, string text)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, $"cpu{core}")).FullName;
        File.WriteAllText(Path.Combine(folder, "cpu_capacity"), text);
    }
}
