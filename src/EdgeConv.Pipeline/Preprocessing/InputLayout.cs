using EdgeConv.Core;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>
/// How a model's picture input is laid out: floats <c>[1,C,H,W]</c> or <c>[1,H,W,C]</c>, or bytes
/// <c>[1,H,W,C]</c>, C being 1 or 3.
/// </summary>
/// <param name="Channels">1 or 3.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="IsPlanar">True for <c>[1,C,H,W]</c>.</param>
public readonly record struct InputLayout(int Channels, int Height, int Width, bool IsPlanar)
{
    /// <summary>Whether the input is bytes.</summary>
    public bool IsBytes { get; init; }

    /// <summary>Whether the session normalises the bytes, and puts their colours in order.</summary>
    public bool IsNormalised { get; init; }

    /// <summary>Reads the layout off an input.</summary>
    /// <exception cref="ModelError">The input is no picture.</exception>
    public static InputLayout Of(ModelIdentity model, TensorInfo input)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        Shape shape = input.Shape;
        if (input.Type == DataType.UInt8 && shape.Rank == 4 && shape[0] == 1 && shape.ElementCount > 0
            && shape[3] is 1 or 3)
        {
            return new InputLayout(shape[3], shape[1], shape[2], false)
            {
                IsBytes = true,
                IsNormalised = input.Pixels is not null,
            };
        }

        if (input.Type == DataType.Float32 && shape.Rank == 4 && shape[0] == 1 && shape.ElementCount > 0)
        {
            if (shape[1] is 1 or 3)
                return new InputLayout(shape[1], shape[2], shape[3], true);
            if (shape[3] is 1 or 3)
                return new InputLayout(shape[3], shape[1], shape[2], false);
        }

        throw new ModelError(model.Path,
            $"input '{input.Name}' is {DataTypes.NameOf(input.Type)}{shape}; " +
            "pictures need float32 [1,C,H,W] or [1,H,W,C], or uint8 [1,H,W,C], with 1 or 3 channels");
    }
}
