using System.Globalization;
using System.Text;
using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Engine.Execution;
using EdgeConv.Kernels;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Profiling;

/// <summary>What the figures of a point hold for.</summary>
internal sealed record ProfileKey
{
    // A build of the same version may have other kernels.
    private static readonly string ThisProgram = string.Join(' ',
        ProductVersion.Text, BuildOf(typeof(EngineSessionFactory)), BuildOf(typeof(WeightLedger)),
        BuildOf(typeof(FamilyMember)));

    private static readonly string ThisMachine = string.Create(CultureInfo.InvariantCulture,
        $"{ProcessorModel.Describe(SysRoot.Default)}, {Environment.ProcessorCount} processors, {KernelTable.Chosen}");

    /// <summary>Version and build of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Processor, its greatest clock, how many may be used, and the kernels for it.</summary>
    public required string Machine { get; init; }

    /// <summary>SHA-256 of the model.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the fingerprint; empty without a gate.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Backend of the session.</summary>
    public required string Backend { get; init; }

    /// <summary>Threads of the session.</summary>
    public required int Threads { get; init; }

    /// <summary>The input's name and shape, <c>x=1x3x224x224</c>.</summary>
    public required string Input { get; init; }

    /// <summary>Form of the sample.</summary>
    public required string Sample { get; init; }

    /// <summary>How a sample becomes the input.</summary>
    public required string Preparation { get; init; }

    /// <summary>The key of a point on this machine and this build.</summary>
    /// <exception cref="FingerprintError">The fingerprint cannot be read.</exception>
    public static ProfileKey Of(FamilyPoint point, PipelineOptions options, Sample sample)
    {
        FamilyMember member = point.Member;
        member.Use(point.Threads);
        TensorInfo input = member.Session.Inputs[0];
        return new ProfileKey
        {
            Program = ThisProgram,
            Machine = ThisMachine,
            Model = member.Session.Model.Sha256,
            Fingerprint = HashOf(options.Models[point.Index].Fingerprint),
            Backend = member.Session.Backend,
            Threads = point.Threads,
            Input = ShapeArgument.Format(input.Name, input.Shape),
            Sample = ProfileSample.FormOf(sample),
            Preparation = Preparations.Of(member, options.Preprocess).ToString(),
        };
    }

    /// <summary>
    /// A name for the file that keeps it: another for all that can be wanted at once, the same for a later
    /// model, program or machine.
    /// </summary>
    public string FileName(string model)
    {
        string gate = Fingerprint.Length == 0 ? "" : "gate";
        string place = string.Join('\n', Path.GetFullPath(model), Backend, Input, Sample, Preparation, gate);
        ulong hash = Xxh64.Hash(Encoding.UTF8.GetBytes(place));
        return string.Create(CultureInfo.InvariantCulture,
            $"{Path.GetFileNameWithoutExtension(model)}-{hash:x16}-{Threads}.ecprofile");
    }

    /// <summary>Why figures of this key do not serve for <paramref name="wanted"/>; null when they
    /// do.</summary>
    public string? WhyStale(ProfileKey wanted)
    {
        if (Program != wanted.Program)
            return "is of another build of the program";
        if (Machine != wanted.Machine)
            return $"is of another machine ({Machine}; here {wanted.Machine})";
        if (Model != wanted.Model || Fingerprint != wanted.Fingerprint)
            return "is of an earlier state of the model or its fingerprint";
        return this == wanted ? null : "is of another way to run the model";
    }

    private static string BuildOf(Type type) =>
        type.Module.ModuleVersionId.ToString("n", CultureInfo.InvariantCulture);

    private static string HashOf(string? fingerprint)
    {
        if (fingerprint is null)
            return "";
        try
        {
            return FileHashes.Of(fingerprint);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(fingerprint, $"cannot be read: {error.Message}", error);
        }
    }
}
