using EdgeConv.Engine.Verification;
using EdgeConv.OnnxRuntime;
using Xunit;

namespace EdgeConv.Conformance;

public class OnnxRuntimeConformanceTest
{
    private static readonly Lazy<IReadOnlyList<CaseResult>> Results =
        new(() => ConformanceCases.RunAll(new OrtSessionFactory()));

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void No_case_fails() => ConformanceCases.RequireNone(Results.Value, CaseOutcome.Failed);

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void All_cases_are_supported() =>
        ConformanceCases.RequireNone(Results.Value, CaseOutcome.Unsupported);
}
