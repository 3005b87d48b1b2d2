using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// The file that an unfinished fit goes on from, bit for bit as if it had never been interrupted; with a
/// checksum (<see cref="SealedFile"/>). Metadata: format, version, model, data, options (hashes that say
/// which fit it belongs to), taken, skipped, and for each tap <c>tap.t.classes</c>. Tensors: for each tap
/// <c>tap.t.</c> + counts, means, scatter as in a fingerprint; calibration F32[n, sum of all d] in the order
/// they came; with a check, check.originals and for each kind check.outliers.k, F32[m, sum of all 2 C].
/// </summary>
public static class FitStateFile
{
    private const string Format = "edgeconv-fit-state";
    private const string Version = "1";
    private static readonly SealedFile Sealed = new("state of a fit");

    /// <summary>
    /// Writes the state: whole or not at all, so that a kill at any time leaves the one before.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="fitter">The fit.</param>
    /// <param name="check">Its check; null when there is none.</param>
    /// <param name="position">How far it has come in its data.</param>
    /// <param name="preparation">
    /// How the samples are read and prepared; a fit that reads them in another way is another fit.
    /// </param>
    /// <exception cref="FingerprintError">It cannot be written.</exception>
    public static void Write(
        string path, FingerprintFitter fitter, OutlierCheck? check, FitPosition position, string preparation)
    {
        ArgumentNullException.ThrowIfNull(fitter);
        SafeTensorsWriter writer = SealedFile.Begin();
        writer.Add("format", Format);
        writer.Add("version", Version);
        foreach ((string what, string value) in Identity(fitter, check, preparation))
            writer.Add(what, value);
        writer.Add("taken", position.Taken.ToString(CultureInfo.InvariantCulture));
        writer.Add("skipped", position.Skipped.ToString(CultureInfo.InvariantCulture));
        fitter.Save(writer);
        check?.Save(writer, fitter.Statistics);
        SealedFile.Write(path, SealedFile.Seal(writer));
    }

    /// <summary>Deletes the state; nothing when it is not there.</summary>
    /// <exception cref="FingerprintError">It cannot be deleted.</exception>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(path, $"cannot be deleted: {problem.Message}", problem);
        }
    }

    /// <summary>
    /// Adds what <see cref="Write"/> wrote to a fit, and its check, that have seen nothing yet.
    /// </summary>
    /// <returns>How far it had come.</returns>
    /// <exception cref="FingerprintError">
    /// The file cannot be read, is damaged in any bit, or belongs to another model, other data or options.
    /// </exception>
    public static FitPosition Read(
        string path, FingerprintFitter fitter, OutlierCheck? check, string preparation)
    {
        ArgumentNullException.ThrowIfNull(fitter);
        byte[] bytes = Sealed.Read(path);
        Sealed.Check(path, bytes);
        SafeTensorsReader file = new(path, bytes);
        FieldReader fields = new(file);
        if (file.Text("format") != Format || file.Text("version") != Version)
            throw fields.Refuse("format", $"'{Format}' of version {Version}");
        foreach ((string what, string value) in Identity(fitter, check, preparation))
        {
            if (file.Text(what) != value)
            {
                throw new FingerprintError(path,
                    $"is the state of a fit of another kind: its {what} differ; delete it, or name another file");
            }
        }

        fitter.Restore(fields);
        check?.Restore(file, fitter.Statistics);
        return new FitPosition(
            fields.Integer("taken", 0, int.MaxValue), fields.Integer("skipped", 0, int.MaxValue));
    }

    private static IEnumerable<(string What, string Value)> Identity(
        FingerprintFitter fitter, OutlierCheck? check, string preparation)
    {
        string kinds = string.Join('|', check?.Kinds ?? []);
        foreach ((string what, string value) in fitter.Identity)
            yield return (what, what == "options" ? HashOf($"{value}\n{kinds}\n{preparation}") : value);
    }

    private static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
