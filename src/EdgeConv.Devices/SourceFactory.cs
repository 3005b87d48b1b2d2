using EdgeConv.Core;
using EdgeConv.Devices.Files;
using EdgeConv.Devices.Messages;
using EdgeConv.Devices.Sensors;
using EdgeConv.Devices.Sensors.Gpio;
using EdgeConv.Devices.Sensors.Gpio.Interop;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;
using EdgeConv.Devices.Video.Streams;

namespace EdgeConv.Devices;

/// <summary>Makes the source that the options name.</summary>
public static class SourceFactory
{
    private const int BufferBytes = 1 << 16;

    /// <summary>
    /// Makes a source. Files are opened when it is read, so that one that is not there yet is waited for.
    /// </summary>
    /// <param name="options">What it is.</param>
    /// <param name="windowLength">
    /// Instants of the window that the model wants; null when it wants pictures.
    /// </param>
    /// <param name="time">Clock.</param>
    /// <exception cref="ConfigError">
    /// An option is out of range, or the source gives pictures and the model wants windows, or the other way
    /// round.
    /// </exception>
    public static ISource Create(SourceOptions options, int? windowLength, TimeProvider time) =>
        Create(options, new SampleWish { WindowLength = windowLength }, time);

    /// <summary>
    /// Makes a source. Files and devices are opened when it is read, so that one that is not there yet is
    /// waited for.
    /// </summary>
    /// <param name="options">What it is.</param>
    /// <param name="wish">What the model wants.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="ConfigError">
    /// An option is out of range, or the source gives pictures and the model wants windows, or the other way
    /// round.
    /// </exception>
    public static ISource Create(SourceOptions options, SampleWish wish, TimeProvider time) =>
        Create(options, wish, time, () => InputFile.Open(options));

    /// <summary>Makes a source that reads what <paramref name="open"/> opens.</summary>
    internal static ISource Create(
        SourceOptions options, SampleWish wish, TimeProvider time, Func<Stream> open)
    {
        int? windowLength = wish.WindowLength;
        ArgumentNullException.ThrowIfNull(options);
        OptionsCheck.Require(options);
        RequireSame(options, windowLength);
        bool givesPictures = options.GivesPictures;
        if (options.Kind == SourceKind.Mqtt)
            throw new ConfigError(
                "source.kind", "mqtt needs a broker; a source of messages is made for a running daemon");
        if (options.Kind == SourceKind.Camera)
            return Triggered(new CameraSource(options, wish, time), options, time);
        if (options.Kind == SourceKind.Sensors)
            return Triggered(SensorSource.Create(options, wish, time), options, time);
        if (options.Kind == SourceKind.Video)
            return new StreamSource(options, wish, time);
        Pace pace = new(options.RealTime, time);
        if (options.Kind == SourceKind.Images)
            return new ImageSource(options, pace);
        if (givesPictures)
            return new RawFrameSource(options, open, pace);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(windowLength!.Value, nameof(windowLength));
        return new WindowSource(options, windowLength.Value, () => ReaderOf(options, open()), pace);
    }

    /// <summary>Makes a source of an inlet's messages; the inlet belongs to it.</summary>
    /// <param name="options">What the messages hold.</param>
    /// <param name="wish">What the model wants.</param>
    /// <param name="inlet">Where they arrive.</param>
    /// <exception cref="ConfigError">
    /// An option is out of range, or the messages are pictures and the model wants windows, or the other way round.
    /// </exception>
    public static ISource Create(SourceOptions options, SampleWish wish, IInlet inlet)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsCheck.Require(options);
        RequireSame(options, wish.WindowLength);
        return new MessageSource(inlet, DecoderOf(options, wish.WindowLength));
    }

    private static IMessageDecoder DecoderOf(SourceOptions options, int? windowLength)
    {
        if (options.Format == SampleFormat.Image)
            return new PictureMessages();
        if (windowLength is not { } length)
            return new RawPictureMessages(options);
        IWindowReader reader = options.Format switch
        {
            SampleFormat.Json => new JsonWindowReader(options),
            SampleFormat.Csv => new CsvWindowReader(options),
            _ => new RawWindowReader(options),
        };
        return new WindowMessages(options, length, reader);
    }

    private static void RequireSame(SourceOptions options, int? windowLength)
    {
        if (options.GivesPictures == windowLength is null)
            return;
        throw new ConfigError("source.kind", options.GivesPictures
            ? $"{NameOf(options)} gives pictures; the model takes windows of {windowLength} samples"
            : $"{NameOf(options)} gives windows of samples; the model takes pictures");
    }

    /// <summary>The files that a source of files reads as samples, in the order in which it reads them.</summary>
    /// <exception cref="DeviceError">There is no such file or folder, or no picture in it.</exception>
    public static IReadOnlyList<string> FilesOf(SourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Kind == SourceKind.Images ? ImageFiles.Find(options.Path) : [options.Path];
    }

    /// <summary>Whether a file of this name is read as a picture of its folder.</summary>
    public static bool IsPicture(string path) => ImageFiles.IsPicture(path);

    /// <summary>
    /// Says at once what would keep the source from opening. Pipes are not opened: their writer would lose
    /// its reader.
    /// </summary>
    /// <exception cref="EdgeConvError">Names the file or the option, and what is wrong with it.</exception>
    public static void Check(SourceOptions options) => Check(options, default);

    /// <summary>
    /// Says at once what would keep the source from opening, or from giving what the model wants. Pipes are not
    /// opened: their writer would lose its reader.
    /// </summary>
    /// <exception cref="EdgeConvError">Names the file or the option, and what is wrong with it.</exception>
    public static void Check(SourceOptions options, SampleWish wish)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsCheck.Require(options);
        if (options.Kind is SourceKind.Mqtt or SourceKind.Video)
            return;
        if (options.Trigger is { } trigger)
            CheckTrigger(trigger);
        if (options.Kind == SourceKind.Camera)
            CheckCamera(options.Camera.Device);
        else if (options.Kind == SourceKind.Sensors)
            SensorSource.Check(options, wish, SysRoot.Default);
        else if (options.Kind == SourceKind.Images)
            CheckPictures(options.Path);
        else if (InputFile.IsDelivered(options))
            return;
        else if (options.GivesPictures)
            CheckLength(options);
        else
            CheckHeader(options);
    }

    private static ISource Triggered(ISource source, SourceOptions options, TimeProvider time) =>
        options.Trigger is { } trigger
            ? new TriggeredSource(source, trigger, time, new GpioLines(SysRoot.Default, new GpioOpener()))
            : source;

    private static void CheckTrigger(TriggerOptions trigger)
    {
        using IGpioChip chip = new GpioLines(SysRoot.Default, new GpioOpener()).Open(trigger.GpioChip);
        GpioLines.Request(chip, trigger.Line, LineFlags.Rising).Dispose();
    }

    private static void CheckCamera(string device)
    {
        CameraFinder finder = new(SysRoot.Default, new VideoOpener());
        OpenCamera camera = finder.Open(device) ?? throw finder.Missing(device);
        camera.Node.Dispose();
    }

    private static void CheckPictures(string path)
    {
        IReadOnlyList<string> files = ImageFiles.Find(path);
        if (files[0] == path)
            ImageDecoder.Decode(path, TimeProvider.System, 0).Dispose();
    }

    private static void CheckLength(SourceOptions options)
    {
        using Stream stream = InputFile.Open(options);
        long picture = options.PictureBytes;
        if (stream.CanSeek && stream.Length < picture)
            throw new DataError(options.Path, $"has {stream.Length} bytes; one picture has {picture}");
    }

    private static void CheckHeader(SourceOptions options)
    {
        try
        {
            ReaderOf(options, InputFile.Open(options)).Dispose();
        }
        catch (IOException error)
        {
            throw new DeviceError(options.Path, $"cannot be read: {error.Message}", error);
        }
    }

    private static string NameOf(SourceOptions options) => options.Kind.ToString().ToLowerInvariant();

    private static ISampleReader ReaderOf(SourceOptions options, Stream stream)
    {
        string name = InputFile.PlaceOf(options);
        try
        {
            bool isText = options.Kind == SourceKind.Csv ||
                (options.Kind != SourceKind.Wav && options.Format == SampleFormat.Csv);
            // A buffer that fills up before it hands out would hold back lines of a pipe: text has its own.
            if (isText)
                return new CsvReader(name, stream, options.Columns);
            BufferedStream buffered = new(stream, BufferBytes);
            return options.Kind == SourceKind.Wav
                ? new WavReader(name, buffered)
                : new RawReader(name, buffered, options);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
