using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// A fingerprint that waits beside the one in use, F as <c>F.proposed</c>, until a person accepts it. F then
/// stays as <c>F.previous</c>.
/// </summary>
public static class Proposal
{
    /// <summary>Where the proposal for a fingerprint's file is.</summary>
    public static string PathOf(string path) => $"{path}.proposed";

    /// <summary>Where the fingerprint goes that a proposal has replaced.</summary>
    public static string PreviousOf(string path) => $"{path}.previous";

    /// <summary>
    /// Puts the proposal in the fingerprint's place, whose permissions and links stay: whenever it is
    /// interrupted, one of the two is there whole, and it can be done again.
    /// </summary>
    /// <returns>The fingerprint that is now in use.</returns>
    /// <exception cref="FingerprintError">
    /// One of the two is not there or damaged, the proposal is of another model, or of another state of the
    /// fingerprint, or is being made; or something cannot be written. The fingerprint is as it was.
    /// </exception>
    public static Fingerprint Accept(string path)
    {
        using FileLock held = Lock(path);
        Fingerprint proposal = Fingerprint.Read(PathOf(path)), old = Fingerprint.Read(path);
        if (proposal.ModelSha256 != old.ModelSha256)
        {
            throw new FingerprintError(proposal.Place,
                $"is for model '{proposal.ModelName}' with SHA-256 {proposal.ModelSha256}, {path} for "
                + $"'{old.ModelName}' with {old.ModelSha256}; reject it");
        }

        string checksum = FingerprintFile.ChecksumOf(path);
        // An earlier call was interrupted before the last step.
        bool isInPlace = checksum == FingerprintFile.ChecksumOf(PathOf(path));
        if (!isInPlace && proposal.Replaces != checksum)
        {
            throw new FingerprintError(proposal.Place,
                $"was made to replace checksum '{proposal.Replaces}', {path} has {checksum}; "
                + "reject it, and recalibrate");
        }

        if (!isInPlace)
        {
            SealedFile.Write(PreviousOf(path), File.ReadAllBytes(path), like: path);
            SealedFile.Write(path, File.ReadAllBytes(PathOf(path)));
        }

        Delete(PathOf(path));
        return proposal with { Place = path };
    }

    /// <summary>Deletes the proposal.</summary>
    /// <exception cref="FingerprintError">
    /// There is none, it is being made, or it cannot be deleted.
    /// </exception>
    public static void Reject(string path)
    {
        using FileLock held = Lock(path);
        string proposal = PathOf(path);
        if (BoundedFile.WhyNoFile(proposal) is { } problem)
            throw new FingerprintError(proposal, problem);
        Delete(proposal);
    }

    /// <summary>Keeps a fingerprint's proposal to one process.</summary>
    /// <exception cref="FingerprintError">
    /// Another process has it, or nothing can be written there.
    /// </exception>
    internal static FileLock Lock(string path) => FileLock.Take(
        PathOf(path),
        busy: "is being made or decided on by another edgeconv; let it end",
        noLock: "is there and is no lock of a proposal; move it away");

    private static void Delete(string proposal)
    {
        try
        {
            File.Delete(proposal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(proposal, $"cannot be deleted: {failure.Message}", failure);
        }
    }
}
