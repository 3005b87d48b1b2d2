namespace EdgeConv.Gating.Maps;

/// <summary>The covariance that a <see cref="PositionMap"/> keeps for each position.</summary>
public enum MapMode
{
    /// <summary>The variance of each channel: C numbers.</summary>
    Diagonal,

    /// <summary>A full one as its packed Cholesky factor, after PaDiM (2020): C(C+1)/2 numbers.</summary>
    Cholesky,
}

/// <summary>Names of the modes in files and on the command line.</summary>
public static class MapModes
{
    /// <summary>The name of a mode.</summary>
    public static string NameOf(MapMode mode) => mode == MapMode.Diagonal ? "diagonal" : "cholesky";

    /// <summary>The mode of that name; false when there is none.</summary>
    public static bool TryParse(string name, out MapMode mode)
    {
        mode = name == "diagonal" ? MapMode.Diagonal : MapMode.Cholesky;
        return name is "diagonal" or "cholesky";
    }
}
