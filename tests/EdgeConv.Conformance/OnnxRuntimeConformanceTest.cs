using EdgeConv.Engine.Verification;
using EdgeConv.OnnxRuntime;
using Xunit;

namespace EdgeConv.Conformance;

public class OnnxRuntimeConformanceTest
{
    private static readonly Lazy<IReadOnlyList<CaseResult>> Results =
        new(() => ConformanceCases.RunAll(new OrtSessionFactory()));

    // Dropout in training draws other random numbers than NumPy. Resize: the expected data of release 1.12
    // was made with a rounded output length that the later specification does not use.
    private static readonly string[] KnownToDiffer =
    [
        "node/test_resize_downsample_scales_cubic_align_corners",
        "node/test_resize_downsample_scales_linear_align_corners",
        "node/test_training_dropout",
        "node/test_training_dropout_default",
        "node/test_training_dropout_default_mask",
        "node/test_training_dropout_mask",
    ];

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void No_case_fails_but_those_known_to_differ() => ConformanceCases.RequireNone(
        Results.Value.Where(result => !KnownToDiffer.Contains(result.Name)), CaseOutcome.Failed);

    // What it refuses are operator sets 1 to 6.
    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void Few_cases_are_unsupported() =>
        Assert.InRange(Results.Value.Count(result => result.Outcome == CaseOutcome.Unsupported), 0, 29);
}
