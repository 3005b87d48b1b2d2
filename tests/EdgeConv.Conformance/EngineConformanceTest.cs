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
    public void Only_dropout_in_training_is_unsupported()
    {
        Assert.Equal(556, Results.Value.Count);
        Assert.Equal(
            ["node/test_training_dropout", "node/test_training_dropout_default",
                "node/test_training_dropout_default_mask", "node/test_training_dropout_mask"],
            Results.Value.Where(r => r.Outcome == CaseOutcome.Unsupported).Select(r => r.Name));
    }
}
