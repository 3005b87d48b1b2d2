using System.Runtime.InteropServices;

namespace EdgeConv.Core;

/// <summary>
/// An n-dimensional array in row-major order in native memory aligned to <see cref="Alignment"/> bytes.
/// A tensor either owns its memory or is a view into a block that outlives it (an arena). Not thread-safe.
/// </summary>
public sealed unsafe class Tensor : IDisposable
{
    /// <summary>Alignment of owned memory in bytes: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    /// <summary>
    /// Readable bytes behind the last element of an owned tensor, so that a kernel's last vector load may
    /// reach past the end.
    /// </summary>
    public const int TailPadding = 128;

    private readonly bool _ownsMemory;
    private readonly bool _isPressure;
    private readonly long _capacity;
    private TensorContent? _pending;
    private byte* _data;

    /// <summary>Allocates a zeroed tensor that owns its memory.</summary>
    public Tensor(DataType type, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Type = type;
        Shape = shape;
        _capacity = shape.ElementCount;
        _ownsMemory = true;
        _isPressure = true;
        Allocate();
        if (!IsLarge)
            NativeMemory.Clear(_data, (nuint)OwnedBytes);
    }

    /// <summary>Makes a tensor that takes its memory when its elements are first asked for.</summary>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Extents.</param>
    /// <param name="content">Fills the memory then; what it throws, the one who asked gets.</param>
    public Tensor(DataType type, Shape shape, TensorContent content)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Type = type;
        Shape = shape;
        _capacity = shape.ElementCount;
        _ownsMemory = true;
        _pending = content;
    }

    /// <summary>
    /// Makes a view of <paramref name="data"/>, which must stay valid as long as the view is used.
    /// </summary>
    public Tensor(DataType type, Shape shape, byte* data)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Type = type;
        Shape = shape;
        _capacity = shape.ElementCount;
        _data = data;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees owned memory that was not disposed.</summary>
    ~Tensor() => Release();

    /// <summary>Element type.</summary>
    public DataType Type { get; }

    /// <summary>
    /// Extents; outputs whose size depends on the data change theirs, see <see cref="Reshape"/>.
    /// </summary>
    public Shape Shape { get; private set; }

    /// <summary>Number of elements.</summary>
    public int Length => (int)Shape.ElementCount;

    /// <summary>Size of all elements in bytes.</summary>
    public long ByteLength => Shape.ElementCount * DataTypes.SizeOf(Type);

    /// <summary>First byte of the elements.</summary>
    public byte* Data
    {
        get
        {
            Complete();
            return _data;
        }
    }

    /// <summary>Copies <paramref name="values"/> into a new tensor of the matching type.</summary>
    /// <exception cref="ArgumentException">The number of values is not the shape's element count.</exception>
    public static Tensor From<T>(Shape shape, params ReadOnlySpan<T> values) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (values.Length != shape.ElementCount)
            throw new ArgumentException($"{values.Length} values for shape {shape}", nameof(values));
        Tensor tensor = new(DataTypes.Of<T>(), shape);
        values.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>The elements as a span of <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">
    /// <typeparamref name="T"/> is not the element type.
    /// </exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (DataTypes.Of<T>() != Type)
            throw new InvalidOperationException(
                $"a {DataTypes.NameOf(Type)} tensor read as {typeof(T).Name}");
        byte* data = Data;
        ObjectDisposedException.ThrowIf(data is null && Shape.ElementCount != 0, this);
        return new Span<T>(data, Length);
    }

    /// <summary>The elements as raw bytes, in the machine's byte order.</summary>
    public Span<byte> AsBytes()
    {
        byte* data = Data;
        ObjectDisposedException.ThrowIf(data is null && Shape.ElementCount != 0, this);
        return new Span<byte>(data, checked((int)ByteLength));
    }

    /// <summary>Whether memory and content are still to be taken.</summary>
    public bool IsPending => _pending is not null;

    /// <summary>Takes memory and content now, if the tensor was to do so later.</summary>
    public void Complete()
    {
        if (_pending is not null)
            Fill();
    }

    /// <summary>Gives the tensor another shape over the same memory.</summary>
    /// <exception cref="ArgumentException">The shape has more elements than the memory holds.</exception>
    public void Reshape(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.ElementCount > _capacity)
            throw new ArgumentException($"{shape} does not fit in {_capacity} elements", nameof(shape));
        Shape = shape;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private long OwnedBytes => (_capacity * DataTypes.SizeOf(Type)) + TailPadding;

    private bool IsLarge => OwnedBytes >= LargeMemory.PageBytes;

    private void Fill()
    {
        TensorContent content = _pending!;
        _pending = null;
        Allocate();
        int bytes = checked((int)ByteLength);
        try
        {
            content(new Span<byte>(_data, bytes));
        }
        catch
        {
            Release();
            throw;
        }

        new Span<byte>(_data + bytes, TailPadding).Clear();
    }

    private void Allocate()
    {
        _data = IsLarge
            ? LargeMemory.Allocate(OwnedBytes)
            : (byte*)NativeMemory.AlignedAlloc((nuint)OwnedBytes, Alignment);
        if (_isPressure)
            GC.AddMemoryPressure(OwnedBytes);
    }

    private void Release()
    {
        _pending = null;
        if (_ownsMemory && _data is not null)
        {
            if (IsLarge)
                LargeMemory.Free(_data, OwnedBytes);
            else
                NativeMemory.AlignedFree(_data);
            if (_isPressure)
                GC.RemoveMemoryPressure(OwnedBytes);
        }

        _data = null;
    }
}

/// <summary>Writes all elements of a tensor, as raw bytes in the machine's order.</summary>
public delegate void TensorContent(Span<byte> elements);
