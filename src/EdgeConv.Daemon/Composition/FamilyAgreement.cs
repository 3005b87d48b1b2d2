using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Composition;

/// <summary>
/// What the members of a family have in common, so that a move from one to another changes neither what a
/// result means nor whether it is gated: one source feeds them all, and nobody who reads results can ask
/// which of them ran.
/// </summary>
internal static class FamilyAgreement
{
    /// <summary>The key of a model's metadata that names its classes, separated by commas.</summary>
    public const string LabelsKey = "labels";

    /// <summary>Refuses a family whose members disagree.</summary>
    /// <exception cref="ConfigError">Names both models and what differs.</exception>
    public static void Require(PipelineOptions options, IReadOnlyList<FamilyMember> family)
    {
        FamilyMember first = family[0];
        for (int i = 1; i < family.Count; i++)
        {
            string place = $"{options.Place}.models[{i}]";
            RequireSame(place, first, family[i], "takes", InputOf);
            RequireSame(place, first, family[i], "tells apart", member => $"{member.Classes} classes");
            if (LabelsOf(first) is not null && LabelsOf(family[i]) is not null)
                RequireSame(place, first, family[i], "was trained for", member => LabelsOf(member)!);
            RequireSame(place, first, family[i], "has",
                member => member.Gate is null ? "no fingerprint, so that nothing gates it" : "a fingerprint");
        }
    }

    private static void RequireSame(
        string place, FamilyMember first, FamilyMember other, string verb, Func<FamilyMember, string> fact)
    {
        if (fact(first) == fact(other))
            return;
        throw new ConfigError(place,
            $"{NameOf(other)} {verb} {fact(other)}, {NameOf(first)} {fact(first)}; " +
            "the members of a family agree in it");
    }

    // A picture is resized to each member's input, a window is not.
    private static string InputOf(FamilyMember member)
    {
        string channels = member.Channels == 1 ? "1 channel" : $"{member.Channels} channels";
        return member.WindowLength is { } length
            ? $"windows of {length} with {channels}"
            : $"pictures with {channels}";
    }

    private static string? LabelsOf(FamilyMember member) => member.Session.Metadata.GetValueOrDefault(LabelsKey);

    private static string NameOf(FamilyMember member) => member.Session.Model.Name;
}
