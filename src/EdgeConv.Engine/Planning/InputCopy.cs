namespace EdgeConv.Engine.Planning;

/// <summary>An input that a step has to copy into its output, although it stands there unchanged.</summary>
/// <param name="Step">The step.</param>
/// <param name="Input">Index of the input.</param>
/// <param name="Reason">Why it is not made there in the first place, one clause.</param>
public sealed record InputCopy(int Step, int Input, string Reason);
