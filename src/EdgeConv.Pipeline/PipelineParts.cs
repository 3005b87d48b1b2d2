using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Watching;

namespace EdgeConv.Pipeline;

/// <summary>What a <see cref="Pipeline"/> is made of.</summary>
public sealed record PipelineParts
{
    /// <summary>Name, part of its topics: letters, digits, <c>_</c> and <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where samples come from.</summary>
    public required ISource Source { get; init; }

    /// <summary>The models, the most accurate first; at least one.</summary>
    public required IReadOnlyList<FamilyMember> Family { get; init; }

    /// <summary>What is known of running each of them, whose index is the profile's member; at least one.</summary>
    public required IReadOnlyList<PointProfile> Profiles { get; init; }

    /// <summary>Where results go.</summary>
    public required ISink Sink { get; init; }

    /// <summary>The board's readings.</summary>
    public required BoardMonitor Board { get; init; }

    /// <summary>What must be held.</summary>
    public required BudgetOptions Budget { get; init; }

    /// <summary>What is made of the gates' readings.</summary>
    public WatchOptions Watch { get; init; } = new();

    /// <summary>Which pictures are published, and how often; null for none.</summary>
    public SnapshotOptions? Snapshots { get; init; }

    /// <summary>Where pictures are shown live; null for nowhere.</summary>
    public IPreview? Preview { get; init; }

    /// <summary>Compresses pictures; needed where there are any.</summary>
    public IPictureEncoder? Encoder { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
