using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Verification;
using Xunit;

namespace EdgeConv.Conformance;

public class EngineConformanceTest
{
    private static readonly Lazy<IReadOnlyList<CaseResult>> Results =
        new(() => ConformanceCases.RunAll(new EngineSessionFactory()));

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void No_case_fails() => ConformanceCases.RequireNone(Results.Value, CaseOutcome.Failed);

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void All_cases_are_supported()
    {
        Assert.Equal(556, Results.Value.Count);
        ConformanceCases.RequireNone(Results.Value, CaseOutcome.Unsupported);
    }
}
