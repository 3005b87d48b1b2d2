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

    private static string Cache => Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
