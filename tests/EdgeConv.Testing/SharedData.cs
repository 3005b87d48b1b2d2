namespace EdgeConv.Testing;

/// <summary>
/// The folder of real models, pictures and recordings that some tests measure against. It lies beside the
/// checkout (<c>../shared/data</c>, or <c>EDGECONV_SHARED_DATA</c>) and may be absent.
/// </summary>
public static class SharedData
{
    /// <summary>The folder, or null when it is not there.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Why tests that need it are skipped.</summary>
    public const string Absent = "the folder of real test data (../shared/data or EDGECONV_SHARED_DATA) is not there";

    /// <summary>Whether it is there; for <c>SkipUnless</c>.</summary>
    public static bool IsPresent => Folder is not null;

    /// <summary>A file or folder in it.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) =>
        Path.Combine([Folder ?? throw new InvalidOperationException(Absent), .. parts]);

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("EDGECONV_SHARED_DATA");
        if (named is not null)
            return Directory.Exists(named) ? named : null;
        string beside = Path.Combine(Repository.Root, "..", "shared", "data");
        return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
    }
}
