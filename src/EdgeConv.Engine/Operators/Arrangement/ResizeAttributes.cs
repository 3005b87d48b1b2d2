using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>How Resize joins the neighbours of a place between elements.</summary>
internal enum Interpolation
{
    /// <summary>The nearest element.</summary>
    Nearest,

    /// <summary>The two neighbours along each axis.</summary>
    Linear,

    /// <summary>The four neighbours along each axis, by Keys' cubic convolution.</summary>
    Cubic,
}

/// <summary>The attributes of Resize and Upsample.</summary>
internal sealed record ResizeAttributes
{
    private static readonly string[] Coordinates =
    [
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
        "tf_half_pixel_for_nn", "tf_crop_and_resize",
    ];

    /// <summary>Attribute <c>mode</c>.</summary>
    public Interpolation Mode { get; private init; }

    /// <summary>Attribute <c>coordinate_transformation_mode</c>.</summary>
    public string Coordinate { get; private init; } = "asymmetric";

    /// <summary>Attribute <c>nearest_mode</c>; <c>simple</c> is the rule below opset 11.</summary>
    public string NearestMode { get; private init; } = "simple";

    /// <summary>Attribute <c>cubic_coeff_a</c>.</summary>
    public float CubicA { get; private init; } = -0.75f;

    /// <summary>Attribute <c>exclude_outside</c>.</summary>
    public bool ExcludesOutside { get; private init; }

    /// <summary>Attribute <c>extrapolation_value</c>.</summary>
    public float Extrapolation { get; private init; }

    /// <summary>Attribute <c>axes</c>; null for all.</summary>
    public long[]? Axes { get; private init; }

    /// <summary>Whether places outside the input take <see cref="Extrapolation"/>.</summary>
    public bool Extrapolates => Coordinate == "tf_crop_and_resize";

    /// <summary>Reads the attributes of an Upsample, or of a Resize below opset 11.</summary>
    public static ResizeAttributes ReadSimple(Node node) => new() { Mode = ReadMode(node, hasCubic: false) };

    /// <summary>Reads the attributes of a Resize from opset 11.</summary>
    /// <exception cref="ModelError">
    /// A value is not one of those the operator defines, or not supported.
    /// </exception>
    public static ResizeAttributes Read(Node node)
    {
        NodeAttributes attributes = node.Attributes;
        string coordinate = attributes.GetString(node, "coordinate_transformation_mode", "half_pixel");
        if (!Coordinates.Contains(coordinate))
            throw ModelError.Unsupported(node.Place, $"'coordinate_transformation_mode' is '{coordinate}'");
        string nearest = attributes.GetString(node, "nearest_mode", "round_prefer_floor");
        if (nearest is not ("round_prefer_floor" or "round_prefer_ceil" or "floor" or "ceil"))
            throw new ModelError(node.Place, $"'nearest_mode' is '{nearest}'");
        if (node.Opset >= 18)
            RefuseUnsupported(node);
        return new()
        {
            Mode = ReadMode(node, hasCubic: true),
            Coordinate = coordinate,
            NearestMode = nearest,
            CubicA = attributes.GetFloat(node, "cubic_coeff_a", -0.75f),
            ExcludesOutside = attributes.GetInt(node, "exclude_outside", 0) != 0,
            Extrapolation = attributes.GetFloat(node, "extrapolation_value", 0),
            Axes = node.Opset >= 18 ? attributes.GetInts(node, "axes") : null,
        };
    }

    private static void RefuseUnsupported(Node node)
    {
        if (node.Attributes.GetInt(node, "antialias", 0) != 0)
            throw ModelError.Unsupported(node.Place, "'antialias' is not supported");
        string policy = node.Attributes.GetString(node, "keep_aspect_ratio_policy", "stretch");
        if (policy != "stretch")
            throw ModelError.Unsupported(
                node.Place, $"'keep_aspect_ratio_policy' is '{policy}', only stretch is supported");
    }

    private static Interpolation ReadMode(Node node, bool hasCubic)
    {
        string mode = node.Attributes.GetString(node, "mode", "nearest");
        return mode switch
        {
            "nearest" => Interpolation.Nearest,
            "linear" => Interpolation.Linear,
            "cubic" when hasCubic => Interpolation.Cubic,
            _ => throw new ModelError(
                node.Place, $"'mode' is '{mode}', which opset {node.Opset} does not define"),
        };
    }
}
