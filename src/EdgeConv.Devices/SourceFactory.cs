using EdgeConv.Core;
using EdgeConv.Devices.Files;

namespace EdgeConv.Devices;

/// <summary>Makes the source that the options name.</summary>
public static class SourceFactory
{
    /// <summary>Makes a source. Files are opened when it is read, so that one that is not there yet is waited for.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="windowLength">Instants of the window that the model wants; null when it wants pictures.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="ConfigError">The source gives pictures and the model wants windows, or the other way round.</exception>
    public static ISource Create(SourceOptions options, int? windowLength, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool givesPictures = GivesPictures(options);
        if (givesPictures != windowLength is null)
        {
            throw new ConfigError("source.kind", givesPictures
                ? $"{NameOf(options)} gives pictures; the model takes windows of {windowLength} samples"
                : $"{NameOf(options)} gives windows of samples; the model takes pictures");
        }

        Pace pace = new(options.RealTime, time);
        if (options.Kind == SourceKind.Images)
            return new ImageSource(options, pace);
        if (givesPictures)
            return new RawFrameSource(options, pace);
        return new WindowSource(options, windowLength!.Value, () => OpenSamples(options), pace);
    }

    /// <summary>Says at once what would keep the source from opening.</summary>
    /// <exception cref="EdgeConvError">Names the file, and what is wrong with it.</exception>
    public static void Check(SourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Kind == SourceKind.Stdin)
            return;
        if (options.Kind == SourceKind.Images)
        {
            ImageFiles.Find(options.Path);
            return;
        }

        if (GivesPictures(options))
        {
            InputFile.Open(options).Dispose();
            return;
        }

        using ISampleReader reader = OpenSamples(options);
        _ = reader.Channels;
    }

    private static bool GivesPictures(SourceOptions options) =>
        options.Kind == SourceKind.Images ||
        ((options.Kind is SourceKind.Raw or SourceKind.Stdin) &&
            (options.Format is SampleFormat.Gray8 or SampleFormat.Rgb24));

    private static string NameOf(SourceOptions options) => options.Kind.ToString().ToLowerInvariant();

    private static ISampleReader OpenSamples(SourceOptions options)
    {
        Stream stream = InputFile.Open(options);
        try
        {
            return options.Kind switch
            {
                SourceKind.Wav => new WavReader(options.Path, stream),
                SourceKind.Csv => new CsvReader(InputFile.NameOf(options), stream, options.Columns),
                _ when options.Format == SampleFormat.Csv =>
                    new CsvReader(InputFile.NameOf(options), stream, options.Columns),
                _ => new RawReader(InputFile.NameOf(options), stream, options),
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
