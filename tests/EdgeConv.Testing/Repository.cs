namespace EdgeConv.Testing;

/// <summary>The checkout the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>EdgeConv.sln</c>.</summary>
    public static string Root { get; } = Find();

    /// <summary>A file or folder in the checkout.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        string? named = Environment.GetEnvironmentVariable("EDGECONV_REPOSITORY");
        if (named is not null)
            return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeConv.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("no EdgeConv.sln above the test; set EDGECONV_REPOSITORY");
    }
}
