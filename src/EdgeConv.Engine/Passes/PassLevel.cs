namespace EdgeConv.Engine.Passes;

/// <summary>How far passes rewrite a graph.</summary>
public enum PassLevel
{
    /// <summary>It is computed as written.</summary>
    None,

    /// <summary>What needs no computing goes; constants are drawn into weights.</summary>
    CleanUp,

    /// <summary>Activations and residuals are fused into convolutions too.</summary>
    Fuse,

    /// <summary>Convolutions and what lies between them run with channels last.</summary>
    ChannelsLast,

    /// <summary>Convolutions of a block run together, a few rows at a time, where that is faster.</summary>
    StreamRows,
}
