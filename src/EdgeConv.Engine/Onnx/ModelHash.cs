using System.Security.Cryptography;
using EdgeConv.Core;

namespace EdgeConv.Engine.Onnx;

/// <summary>
/// The SHA-256 of a model file, computed by a thread of its own while the model is prepared: it takes about as
/// long.
/// </summary>
internal sealed class ModelHash
{
    private const int BlockBytes = 64 << 10;
    private const int StackBytes = 256 << 10;

    private readonly ModelSource _source;
    private readonly Thread? _thread;
    private string? _digits;
    private ModelError? _problem;
    private volatile bool _isStopped;

    private ModelHash(ModelSource source, bool inBackground)
    {
        _source = source;
        if (!inBackground)
            return;
        _thread = new Thread(Compute, StackBytes) { IsBackground = true, Name = "model hash" };
        _thread.Start();
    }

    /// <summary>Begins to compute it.</summary>
    public static ModelHash InBackground(ModelSource source) => new(source, true);

    /// <summary>Computes it when it is asked for.</summary>
    public static ModelHash WhenAsked(ModelSource source) => new(source, false);

    /// <summary>One that was computed before.</summary>
    public static ModelHash Known(string digits) => new(new MemorySource([]), false) { _digits = digits };

    /// <summary>Waits for it: 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="ModelError">The file cannot be read.</exception>
    public string Wait()
    {
        if (_thread is not null)
            _thread.Join();
        else if (_digits is null)
            Compute();
        return _problem is null ? _digits! : throw _problem;
    }

    /// <summary>Has the source read no more.</summary>
    public void Stop()
    {
        _isStopped = true;
        _thread?.Join();
    }

    private void Compute()
    {
        try
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] block = new byte[Math.Min(BlockBytes, _source.Length)];
            for (long offset = 0; offset < _source.Length && !_isStopped; offset += block.Length)
            {
                Span<byte> part = block.AsSpan(0, (int)Math.Min(block.Length, _source.Length - offset));
                _source.Read(offset, part);
                hash.AppendData(part);
            }

            _digits = Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (ModelError problem)
        {
            _problem = problem;
        }
    }
}
