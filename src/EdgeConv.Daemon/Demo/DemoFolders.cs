namespace EdgeConv.Daemon.Demo;

/// <summary>Where the demo finds what it shows.</summary>
/// <param name="DataFolder">Restored pictures and recordings.</param>
/// <param name="ModelsFolder">Models that come with EdgeConv.</param>
internal sealed record DemoFolders(string DataFolder, string ModelsFolder)
{
    /// <summary>Where build.sh restores data to: EDGECONV_DATA, or below the user's cache folder.</summary>
    public static string Data => Environment.GetEnvironmentVariable("EDGECONV_DATA")
        ?? Path.Combine(Cache, "edgeconv", "data");

    /// <summary>Models beside the program, or where the package puts them.</summary>
    public static string Models
    {
        get
        {
            string beside = Path.Combine(AppContext.BaseDirectory, "models");
            return Directory.Exists(beside) ? beside : "/usr/share/edgeconv/models";
        }
    }

    // Data groups of deploy/demo/restore-data.sh, with the file that stands for each.
    private static readonly Dictionary<string, (string Group, string File)[]> Groups = new()
    {
        ["faces"] = [("faces", "blazeface-128.onnx"), ("pictures", "astronaut.png")],
        ["fashion"] = [("fashion", "t10k-images-idx3-ubyte.gz"), ("digits", "digits.csv.gz")],
        ["heart"] = [("heart", "ecg.dat")],
    };

    /// <summary>Which data of a pipeline is not there, and how to get it; null when all of it is.</summary>
    public string? WhatIsMissing(string pipeline)
    {
        string[] missing = [.. Groups[pipeline]
            .Where(data => !File.Exists(Path.Combine(DataFolder, data.Group, data.File)))
            .Select(data => data.Group)];
        return missing.Length == 0
            ? null
            : $"{DataFolder} has no data '{string.Join("', '", missing)}'; get it with " +
                $"deploy/demo/restore-data.sh {DataFolder} {string.Join(' ', missing)}";
    }

    private static string Cache => Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
