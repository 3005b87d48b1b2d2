using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace EdgeConv.Core;

/// <summary>A channel's part in a score.</summary>
/// <param name="Channel">Channel of the oddest tap.</param>
/// <param name="Statistic">"mean" or "variance" of that channel.</param>
/// <param name="Amount">Its additive part of the distance; may be negative.</param>
public readonly record struct ChannelContribution(int Channel, string Statistic, double Amount);

/// <summary>The odd part of a picture, in pixels of the source picture.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public readonly record struct OddRegion(float X, float Y, float Width, float Height);

/// <summary>The odd part of a window.</summary>
/// <param name="Start">First sample, counted from 0 at the window's start.</param>
/// <param name="End">The sample behind its last.</param>
/// <param name="RateHertz">Samples a second.</param>
public readonly record struct OddSpan(int Start, int End, double RateHertz);

/// <summary>Why an input is out of distribution. A value, so that telling it allocates nothing.</summary>
/// <param name="Contributions">The statistics that raised the distance at the oddest tap most.</param>
/// <param name="Region">Where a picture is odd; null without a map, or where no position stands out.</param>
/// <param name="Span">Where a window is odd; null likewise.</param>
public readonly record struct GateExplanation(
    TopContributions Contributions, OddRegion? Region, OddSpan? Span);

/// <summary>At most <see cref="Most"/> contributions, the greatest first. Immutable.</summary>
public readonly struct TopContributions : IEquatable<TopContributions>
{
    /// <summary>How many it holds at most.</summary>
    public const int Most = 5;

    private readonly Slots _slots;
    private readonly int _count;

    /// <param name="contributions">At most <see cref="Most"/>, the greatest first.</param>
    /// <exception cref="ArgumentException">There are more.</exception>
    public TopContributions(ReadOnlySpan<ChannelContribution> contributions)
    {
        contributions.CopyTo(_slots);
        _count = contributions.Length;
    }

    /// <summary>The contributions.</summary>
    [UnscopedRef]
    public ReadOnlySpan<ChannelContribution> Items => ((ReadOnlySpan<ChannelContribution>)_slots)[.._count];

    /// <summary>Whether both hold the same.</summary>
    public static bool operator ==(TopContributions left, TopContributions right) => left.Equals(right);

    /// <summary>Whether they hold different ones.</summary>
    public static bool operator !=(TopContributions left, TopContributions right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(TopContributions other) => Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TopContributions other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _count == 0 ? 0 : HashCode.Combine(_count, Items[0]);

    [InlineArray(Most)]
    private struct Slots
    {
        private ChannelContribution _first;
    }
}
