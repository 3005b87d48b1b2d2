using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Gating;
using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Daemon.PowerCalibrating;

/// <summary>
/// The board's <see cref="EnergyModel"/> as it is kept, <c>board.ecpower</c> beside the plans: one JSON object in
/// snake case.
/// </summary>
internal sealed record EnergyModelFile
{
    private const string FileName = "board.ecpower";
    private const string ThisFormat = "ecpower 1";
    private const int Covariances = 9;
    private const double MostWatts = 1000;

    /// <summary>Name and version of the format.</summary>
    public string Format { get; init; } = ThisFormat;

    /// <summary>Processor and board that were calibrated.</summary>
    public required string Machine { get; init; }

    /// <summary>
    /// What measured: <c>rails</c>, <c>pmic</c>, <c>rapl</c>, <c>battery</c>, or <c>meter</c> for a person.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>The model.</summary>
    public required EnergyModel Model { get; init; }

    /// <summary>This machine, as <see cref="Machine"/> has it.</summary>
    public static string ThisMachine => ProcessorModel.Describe(SysRoot.Default);

    /// <summary>Where a folder keeps it.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>The model of this board; null when nobody has calibrated it, or when it is of no use.</summary>
    /// <param name="folder">Where plans are kept; null for nowhere.</param>
    /// <param name="notice">Told, in one line, of a file that is of no use.</param>
    public static EnergyModel? Read(string? folder, Action<string> notice)
    {
        if (folder is null || !File.Exists(PathIn(folder)))
            return null;
        string path = PathIn(folder);
        try
        {
            EnergyModelFile? file = JsonSerializer.Deserialize(
                File.ReadAllBytes(path), EnergyModelFileJson.Default.EnergyModelFile);
            string? problem = file is null ? "holds nothing" : file.Problem();
            if (problem is null)
                return file!.Model;
            notice($"{path}: {problem}; energies are estimated without it, see edgeconv calibrate-power");
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            notice($"{path}: cannot be read ({problem.Message}); energies are estimated without it");
        }

        return null;
    }

    /// <summary>Finds out before anything is measured whether a folder can keep it.</summary>
    /// <exception cref="DataError">It cannot.</exception>
    public static void RequireWritable(string folder)
    {
        string trial = Path.Combine(folder, $".{FileName}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataError(folder, $"cannot be written: {problem.Message}", problem);
        }
    }

    /// <summary>Keeps it: a reader sees what was before or all of this.</summary>
    /// <exception cref="DataError">It cannot be written.</exception>
    public void Write(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            TemporaryFile.Replace(PathIn(folder), Encoding.UTF8.GetBytes(
                JsonSerializer.Serialize(this, EnergyModelFileJson.Default.EnergyModelFile) + "\n"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataError(PathIn(folder), $"cannot be written: {problem.Message}", problem);
        }
    }

    private string? Problem()
    {
        if (Format != ThisFormat)
            return $"is of the format '{Format}', not '{ThisFormat}'";
        if (Machine != ThisMachine)
            return $"is of another machine ({Machine}; here {ThisMachine})";
        bool isSound = Model.CoreWatts is > 0 and < MostWatts && Model.JoulesPerMac is >= 0 and < 1
            && Model.JoulesPerByte is >= 0 and < 1 && Model.RestWatts is null or >= 0 and < MostWatts
            && Model.Volts is null or > 0.1 and < 10
            && Model.Covariance.Count == Covariances && Model.Covariance.All(double.IsFinite);
        return isSound ? null : "holds numbers that cannot be";
    }
}

/// <summary>JSON of energy models.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EnergyModelFile))]
internal sealed partial class EnergyModelFileJson : JsonSerializerContext;
