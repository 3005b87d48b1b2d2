using EdgeConv.Core;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Streams;

namespace EdgeConv.Devices;

/// <summary>Where samples come from.</summary>
public enum SourceKind
{
    /// <summary>A JPEG or PNG file, or a folder of them in name order.</summary>
    Images,

    /// <summary>A text file of numbers, one instant a line, columns separated by commas.</summary>
    Csv,

    /// <summary>A WAV file: 8, 16, 24 or 32-bit integer or 32-bit float samples.</summary>
    Wav,

    /// <summary>A file of bare samples without a header, see <see cref="SourceOptions.Format"/>.</summary>
    Raw,

    /// <summary>Standard input, in the format of <see cref="SourceOptions.Format"/>.</summary>
    Stdin,

    /// <summary>A camera through V4L2, see <see cref="SourceOptions.Camera"/>.</summary>
    Camera,

    /// <summary>Sensors joined on a common clock, see <see cref="SourceOptions.Sensors"/>.</summary>
    Sensors,

    /// <summary>Messages of an <see cref="Core.IInlet"/>, each a whole picture or window.</summary>
    Mqtt,

    /// <summary>Video of a network camera or a file, through ffmpeg; see <see cref="SourceOptions.Stream"/>.</summary>
    Video,
}

/// <summary>Format of bare samples from a file or standard input, or of a message.</summary>
public enum SampleFormat
{
    /// <summary>Lines of numbers separated by commas.</summary>
    Csv,

    /// <summary>Unsigned 8-bit samples.</summary>
    UInt8,

    /// <summary>Signed 16-bit little-endian samples.</summary>
    Int16,

    /// <summary>32-bit little-endian floats.</summary>
    Float32,

    /// <summary>
    /// Pictures of <see cref="SourceOptions.Width"/> by <see cref="SourceOptions.Height"/>, 1 byte a pixel.
    /// </summary>
    Gray8,

    /// <summary>
    /// Pictures of <see cref="SourceOptions.Width"/> by <see cref="SourceOptions.Height"/>, 3 bytes a pixel.
    /// </summary>
    Rgb24,

    /// <summary>Pictures of <see cref="PixelFormat.Yuyv"/>.</summary>
    Yuyv,

    /// <summary>Pictures of <see cref="PixelFormat.Uyvy"/>.</summary>
    Uyvy,

    /// <summary>Pictures of <see cref="PixelFormat.Nv12"/>.</summary>
    Nv12,

    /// <summary>Pictures of <see cref="PixelFormat.Nv21"/>.</summary>
    Nv21,

    /// <summary>Pictures of <see cref="PixelFormat.Yuv420"/>.</summary>
    Yuv420,

    /// <summary>Numbers in JSON; messages only.</summary>
    Json,

    /// <summary>JPEG or PNG pictures; messages only.</summary>
    Image,
}

/// <summary>How a source is opened and replayed.</summary>
public sealed record SourceOptions
{
    /// <summary>What it is.</summary>
    public required SourceKind Kind { get; init; }

    /// <summary>File or folder; empty for standard input, cameras, sensors, messages and video.</summary>
    public string Path { get; init; } = "";

    /// <summary>
    /// Instants a second of windows, or pictures a second; 0 means as stated in the file (WAV), as fast as the
    /// camera goes up to 30 Hz, otherwise 1 Hz.
    /// </summary>
    public double RateHertz { get; init; }

    /// <summary>
    /// True to replay at the recording's own speed, as a live device would; false to hand out samples as fast
    /// as they are taken.
    /// </summary>
    public bool RealTime { get; init; } = true;

    /// <summary>Start again at the end.</summary>
    public bool Loop { get; init; }

    /// <summary>
    /// Instants from the start of one window to the start of the next; 0 means a whole window.
    /// </summary>
    public int Stride { get; init; }

    /// <summary>
    /// Columns to use, by name (with a header line) or by number from 0; empty means all but timestamps.
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// Format of <see cref="SourceKind.Raw"/>, <see cref="SourceKind.Stdin"/> and <see cref="SourceKind.Mqtt"/>.
    /// </summary>
    public SampleFormat Format { get; init; } = SampleFormat.Csv;

    /// <summary>Channels of raw samples, interleaved.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Columns of raw pictures; of cameras and video 0 leaves it to be chosen.</summary>
    public int Width { get; init; }

    /// <summary>Rows of raw pictures; of cameras and video 0 leaves it to be chosen.</summary>
    public int Height { get; init; }

    /// <summary>
    /// Added to every sample before <see cref="Scale"/> is applied: value = (raw + offset) * scale.
    /// </summary>
    public double Offset { get; init; }

    /// <summary>Multiplies every sample; brings raw counts to a physical unit.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>How luma and chroma of raw pictures code colours.</summary>
    public ColorCoding Coding { get; init; } = ColorCoding.Bt601;

    /// <summary>Which camera, and how it is set.</summary>
    public CameraOptions Camera { get; init; } = new();

    /// <summary>Where video comes from.</summary>
    public StreamOptions Stream { get; init; } = new();

    /// <summary>The sensors that are joined, in the order of their channels.</summary>
    public IReadOnlyList<SensorOptions> Sensors { get; init; } = [];

    /// <summary>The line that wakes it; null for a source that never sleeps.</summary>
    public TriggerOptions? Trigger { get; init; }

    /// <summary>Layout of a raw picture, or of the frames that a camera most likely gives.</summary>
    public PixelFormat PixelFormat => Kind == SourceKind.Camera
        ? FormatTable.LikelyPixels(Camera.Format)
        : PictureFormat ?? (Kind == SourceKind.Video ? PixelFormat.Yuv420 : PixelFormat.Rgb24);

    /// <summary>Bytes of a raw picture; its rows are not padded.</summary>
    public long PictureBytes =>
        PixelFormats.FrameBytes(PixelFormat, PixelFormats.RowBytes(PixelFormat, Width), Height);

    /// <summary>True when raw samples are pictures, which have a width and a height.</summary>
    public bool HasPictures => PictureFormat is not null;

    /// <summary>True when it gives pictures, false when it gives windows of samples.</summary>
    internal bool GivesPictures => Kind is SourceKind.Images or SourceKind.Camera or SourceKind.Video ||
        (Kind is SourceKind.Raw or SourceKind.Stdin or SourceKind.Mqtt && HasPictures) ||
        (Kind == SourceKind.Mqtt && Format == SampleFormat.Image);

    private PixelFormat? PictureFormat => Format switch
    {
        SampleFormat.Gray8 => PixelFormat.Gray8,
        SampleFormat.Rgb24 => PixelFormat.Rgb24,
        SampleFormat.Yuyv => PixelFormat.Yuyv,
        SampleFormat.Uyvy => PixelFormat.Uyvy,
        SampleFormat.Nv12 => PixelFormat.Nv12,
        SampleFormat.Nv21 => PixelFormat.Nv21,
        SampleFormat.Yuv420 => PixelFormat.Yuv420,
        _ => null,
    };
}
