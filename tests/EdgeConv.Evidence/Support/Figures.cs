using Xunit;

namespace EdgeConv.Evidence.Support;

/// <summary>The tests share files and figures: one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Figures
{
    public const string Name = "figures";
}
