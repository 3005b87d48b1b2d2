namespace EdgeConv.Engine.Verification;

/// <summary>How a case ended.</summary>
public enum CaseOutcome
{
    /// <summary>Every output of every data set is as expected.</summary>
    Passed,

    /// <summary>An output differs, or the model could not be run although it is valid.</summary>
    Failed,

    /// <summary>The backend says that it does not run this model.</summary>
    Unsupported,
}

/// <summary>The result of one case.</summary>
/// <param name="Name">The case's folder as <c>kind/test_name</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">One line: what differs, or what is not supported; null when it passed.</param>
public sealed record CaseResult(string Name, CaseOutcome Outcome, string? Reason);
