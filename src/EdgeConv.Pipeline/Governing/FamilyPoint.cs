using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>A member of a family on a number of threads.</summary>
/// <param name="Index">The member's index in the family.</param>
/// <param name="Member">The member.</param>
/// <param name="Threads">One of its numbers of threads.</param>
public sealed record FamilyPoint(int Index, FamilyMember Member, int Threads)
{
    /// <summary>All points of a family, member by member.</summary>
    public static IReadOnlyList<FamilyPoint> Of(IReadOnlyList<FamilyMember> family) =>
        [.. family.SelectMany((member, index) =>
            member.ThreadCounts.Select(threads => new FamilyPoint(index, member, threads)))];

    /// <summary>Preprocesses, runs, decodes and gates a sample at this point.</summary>
    public void Run(Sample sample, TimeProvider time)
    {
        Member.Use(Threads);
        Member.Process(sample, time);
    }
}
