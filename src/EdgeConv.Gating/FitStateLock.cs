namespace EdgeConv.Gating;

/// <summary>Keeps the state of a fit to one process.</summary>
public static class FitStateLock
{
    /// <summary>See <see cref="FileLock.PathOf"/>.</summary>
    public static string PathOf(string path) => FileLock.PathOf(path);

    /// <summary>See <see cref="FileLock.Take"/>.</summary>
    /// <param name="path">The state's file, which need not be there.</param>
    /// <exception cref="Core.FingerprintError">
    /// Another fit has it, what stands there is no lock, or no file can be written there.
    /// </exception>
    public static FileLock Take(string path) => FileLock.Take(
        path,
        busy: "is the state of a fit that is running; let it end, or name another file",
        noLock: "is there and is no lock of a fit; name another state with --resume");
}
