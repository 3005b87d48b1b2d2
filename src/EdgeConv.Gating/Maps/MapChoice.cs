using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating.Maps;

/// <summary>A map to fit: which layer, and how.</summary>
/// <param name="Layer">The mapped value's name in the model file.</param>
/// <param name="Height">Rows H; 1 for a layer over time.</param>
/// <param name="Width">Columns W, or instants.</param>
/// <param name="Channels">Channels C.</param>
/// <param name="Mode">The covariance of each position.</param>
public sealed record MapChoice(string Layer, int Height, int Width, int Channels, MapMode Mode)
{
    /// <summary>Most bytes that means and factors may take together.</summary>
    public const long MostBytes = 64L << 20;

    /// <summary>Positions H W.</summary>
    public int Positions => Height * Width;

    /// <summary>Numbers that a position's covariance takes: C, or C(C+1)/2.</summary>
    public int FactorLength => Mode == MapMode.Diagonal ? Channels : PackedLower.Length(Channels);

    /// <summary>Bytes of means <c>[H W, C]</c> and factors <c>[H W, F]</c> in single precision.</summary>
    public long Bytes => (long)Positions * (Channels + FactorLength) * sizeof(float);

    /// <summary>Refuses a map that would be too large.</summary>
    /// <exception cref="ConfigError">It would take more than <see cref="MostBytes"/>.</exception>
    public void Check()
    {
        if (Channels > FitOptions.MaximumChannels || Bytes > MostBytes)
        {
            string sizes = string.Create(
                CultureInfo.InvariantCulture, $"{Bytes / 1e6:0} MB, at most {MostBytes / 1e6:0} are allowed");
            throw new ConfigError($"map '{Layer}'",
                $"{Height}x{Width} positions of {Channels} channels in mode {MapModes.NameOf(Mode)} take {sizes}; "
                + "choose mode diagonal or a later layer");
        }
    }
}
