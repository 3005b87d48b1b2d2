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

    /// <summary>Refuses where another proposal waits.</summary>
    /// <exception cref="FingerprintError">There is one.</exception>
    public static void RequireNone(string path)
    {
        if (FileStatus.Of(PathOf(path)) is not null)
        {
            throw new FingerprintError(PathOf(path),
                $"waits for a decision; first run edgeconv fingerprint accept {path}, or reject");
        }
    }

    /// <summary>
    /// Writes a proposal beside the fingerprint that it is to replace, which is left as it is.
    /// </summary>
    /// <exception cref="FingerprintError">It cannot be written.</exception>
    public static void Write(string path, Fingerprint proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        (proposal with { Replaces = FingerprintFile.ChecksumOf(path) }).Write(PathOf(path));
    }

    /// <summary>
    /// Puts the proposal in the fingerprint's place, in one step: whenever it is interrupted, one of the two
    /// is there, and it can be done again.
    /// </summary>
    /// <returns>The fingerprint that is now in use.</returns>
    /// <exception cref="FingerprintError">
    /// One of the two is not there or damaged, the proposal is of another model, or of another state of the
    /// fingerprint; or something cannot be written. The fingerprint is as it was.
    /// </exception>
    public static Fingerprint Accept(string path)
    {
        Fingerprint proposal = Fingerprint.Read(PathOf(path)), old = Fingerprint.Read(path);
        if (proposal.ModelSha256 != old.ModelSha256)
        {
            throw new FingerprintError(proposal.Place,
                $"is for model '{proposal.ModelName}' with SHA-256 {proposal.ModelSha256}, {path} for "
                + $"'{old.ModelName}' with {old.ModelSha256}; reject it");
        }

        string checksum = FingerprintFile.ChecksumOf(path);
        if (proposal.Replaces != checksum)
        {
            throw new FingerprintError(proposal.Place,
                $"was made to replace checksum '{proposal.Replaces}', {path} has {checksum}; "
                + "reject it, and recalibrate");
        }

        SealedFile.Write(PreviousOf(path), File.ReadAllBytes(path));
        Move(PathOf(path), path);
        return proposal with { Place = path };
    }

    /// <summary>Deletes the proposal.</summary>
    /// <exception cref="FingerprintError">There is none, or it cannot be deleted.</exception>
    public static void Reject(string path)
    {
        string proposal = PathOf(path);
        if (BoundedFile.WhyNoFile(proposal) is { } problem)
            throw new FingerprintError(proposal, problem);
        try
        {
            File.Delete(proposal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(proposal, $"cannot be deleted: {failure.Message}", failure);
        }
    }

    private static void Move(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(to, $"cannot be replaced: {problem.Message}", problem);
        }
    }
}
