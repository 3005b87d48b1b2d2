using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// A proposal that is being made, by one process at a time, for the fingerprint as it was at the beginning.
/// Disposing it lets others begin.
/// </summary>
public sealed class ProposalDraft : IDisposable
{
    private readonly string _path;
    private readonly string _checksum;
    private readonly FileLock _held;

    /// <summary>Begins a proposal.</summary>
    /// <param name="path">The fingerprint in use.</param>
    /// <exception cref="FingerprintError">
    /// Another proposal waits or is being made, or the fingerprint is not there or damaged.
    /// </exception>
    public ProposalDraft(string path)
    {
        _path = path;
        _held = Proposal.Lock(path);
        try
        {
            if (FileStatus.Of(Proposal.PathOf(path)) is not null)
            {
                throw new FingerprintError(Proposal.PathOf(path),
                    $"waits for a decision; first run edgeconv fingerprint accept {path}, or reject");
            }

            Old = Fingerprint.Read(path);
            _checksum = FingerprintFile.ChecksumOf(path);
        }
        catch
        {
            _held.Dispose();
            throw;
        }
    }

    /// <summary>The fingerprint that is to be replaced.</summary>
    public Fingerprint Old { get; }

    /// <summary>
    /// Writes the proposal beside the fingerprint, which is left as it is, with the same permissions.
    /// </summary>
    /// <exception cref="FingerprintError">It cannot be written.</exception>
    public void Write(Fingerprint proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        byte[] bytes = FingerprintFile.Serialize(proposal with { Replaces = _checksum });
        SealedFile.Write(Proposal.PathOf(_path), bytes, like: _path);
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();
}
