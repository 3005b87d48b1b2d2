using EdgeConv.Devices;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Composition;

/// <summary>What a family wants of its source.</summary>
internal static class SampleWishes
{
    /// <summary>Pictures that are large enough for each member, or windows.</summary>
    public static SampleWish Of(IReadOnlyList<FamilyMember> family, PreprocessOptions preprocess) => new()
    {
        WindowLength = family[0].WindowLength,
        TrainedOn = family[0].WindowLength is null ? null : ChannelMetadata.ChannelsOf(family[0].Session),
        Channels = family[0].WindowLength is null ? null : family[0].Channels,
        Width = family.Max(member => member.Picture?.Width ?? 0),
        Height = family.Max(member => member.Picture?.Height ?? 0),
        IsGray = family.All(member => member.Picture is { Channels: 1 }),
        IsPadded = preprocess.Fit == Fit.Pad,
    };
}
