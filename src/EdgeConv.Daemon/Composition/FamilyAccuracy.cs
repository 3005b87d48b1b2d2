using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Composition;

/// <summary>How accurate the members of a family are.</summary>
/// <param name="Values">
/// The share of right answers of each member, 0..1; where none is known, numbers that fall from one to the
/// next.
/// </param>
/// <param name="IsKnown">Whether they are shares of right answers.</param>
internal sealed record FamilyAccuracy(IReadOnlyList<double> Values, bool IsKnown)
{
    /// <summary>The key of a model's metadata that holds the share of right answers on test data.</summary>
    public const string MetadataKey = "test_accuracy";

    /// <summary>
    /// Takes accuracies from the options, else from the models' metadata, else from the order of the members.
    /// </summary>
    /// <exception cref="ConfigError">Some accuracies are known and some are not.</exception>
    /// <exception cref="ModelError">A model's metadata holds no share.</exception>
    public static FamilyAccuracy Of(PipelineOptions options, IReadOnlyList<FamilyMember> family)
    {
        double?[] told = [.. options.Models.Select((member, i) => member.Accuracy ?? OfFile(family, i))];
        int known = Array.FindIndex(told, value => value is not null);
        if (known < 0)
            return new FamilyAccuracy([.. told.Select((_, i) => 1 - (double)i / told.Length)], IsKnown: false);
        int unknown = Array.FindIndex(told, value => value is null);
        return unknown < 0
            ? new FamilyAccuracy([.. told.Select(value => value!.Value)], IsKnown: true)
            : throw new ConfigError($"{options.Place}.models[{unknown}]", string.Create(
                CultureInfo.InvariantCulture,
                $"the accuracy of {NameOf(family, unknown)} is not known, that of {NameOf(family, known)} is " +
                $"{told[known]}; give it an 'accuracy' too"));
    }

    // What a file says holds for the size it was tested at: of one file at several sizes it tells nothing.
    private static double? OfFile(IReadOnlyList<FamilyMember> family, int index)
    {
        ISession session = family[index].Session;
        bool isOnly = family.Count(member => member.Session.Model.Sha256 == session.Model.Sha256) == 1;
        if (!isOnly || !session.Metadata.TryGetValue(MetadataKey, out string? text))
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share)
            && share is >= 0 and <= 1)
            return share;
        // Where there is nothing to choose from it does not matter.
        return family.Count == 1
            ? null
            : throw new ModelError(session.Model.Path,
                $"'{MetadataKey}' in its metadata is '{text}'; a share in 0..1 would be right, " +
                "or 'accuracy' in the configuration");
    }

    private static string NameOf(IReadOnlyList<FamilyMember> family, int index) => family[index].Session.Model.Name;
}
