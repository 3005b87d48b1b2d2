using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeConv.Daemon.PowerCalibrating;

/// <summary>Kinds of load that are told apart by what they ask of a core.</summary>
internal enum LoadKind
{
    /// <summary>Nothing.</summary>
    Rest,

    /// <summary>A core that is busy with neither arithmetic of vectors nor memory.</summary>
    Busy,

    /// <summary>Multiply-accumulate operations on what is in the cache.</summary>
    Multiply,

    /// <summary>Reading memory that no cache holds.</summary>
    Memory,
}

/// <summary>What a load has done.</summary>
/// <param name="Cores">Cores that were busy on average.</param>
/// <param name="MacsPerSecond">Multiply-accumulate operations a second.</param>
/// <param name="BytesPerSecond">Bytes read from memory a second.</param>
internal readonly record struct LoadRate(double Cores, double MacsPerSecond, double BytesPerSecond);

/// <summary>A load of a kind on a number of threads, which runs until it is stopped.</summary>
internal sealed class KnownLoad : IDisposable
{
    private const int CachedBytes = 8 << 10;
    private const int MemoryBytes = 64 << 20;
    private const int Accumulators = 8;
    private readonly Thread[] _threads;
    private readonly LoadKind _kind;
    private readonly float[] _values;
    private readonly long _begunAt = Stopwatch.GetTimestamp();
    private readonly TimeSpan _processorTime = Environment.CpuUsage.TotalTime;
    private long _units;
    private volatile bool _isStopped;

    /// <summary>Starts the load.</summary>
    public KnownLoad(LoadKind kind, int threads)
    {
        _kind = kind;
        // Of all threads: they only read it.
        _values = new float[(kind == LoadKind.Memory ? MemoryBytes : CachedBytes) / sizeof(float)];
        Array.Fill(_values, 1e-6f);
        _threads = [.. Enumerable.Range(0, kind == LoadKind.Rest ? 0 : threads).Select(_ => new Thread(Work)
        {
            IsBackground = true,
        })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>What it has done since it started.</summary>
    public LoadRate Rate()
    {
        double seconds = Stopwatch.GetElapsedTime(_begunAt).TotalSeconds;
        double perSecond = Interlocked.Read(ref _units) / seconds;
        double cores = (Environment.CpuUsage.TotalTime - _processorTime).TotalSeconds / seconds;
        return new LoadRate(
            cores, _kind == LoadKind.Multiply ? perSecond : 0, _kind == LoadKind.Memory ? perSecond : 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isStopped = true;
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Work()
    {
        float[] values = _values;
        float kept = 0;
        while (!_isStopped)
        {
            kept += _kind switch
            {
                LoadKind.Multiply => Multiply(values),
                LoadKind.Memory => Sum(values),
                _ => Count(values.Length),
            };
            Interlocked.Add(ref _units, _kind switch
            {
                LoadKind.Multiply => (long)values.Length * Accumulators,
                LoadKind.Memory => (long)values.Length * sizeof(float),
                _ => 0,
            });
        }

        GC.KeepAlive(kept);
    }

    // As in a tile of a 1x1 convolution: a loaded vector is multiplied into several sums.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Multiply(ReadOnlySpan<float> values)
    {
        ref float at = ref MemoryMarshal.GetReference(values);
        // Of different values, or one sum could stand for all.
        Vector128<float> a = Vector128.Create(1f), b = Vector128.Create(2f), c = Vector128.Create(3f);
        Vector128<float> d = Vector128.Create(4f), e = Vector128.Create(5f), f = Vector128.Create(6f);
        Vector128<float> g = Vector128.Create(7f), h = Vector128.Create(8f);
        for (int i = 0; i <= values.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            Vector128<float> x = Vector128.LoadUnsafe(ref at, (nuint)i);
            a = Vector128.FusedMultiplyAdd(x, x, a);
            b = Vector128.FusedMultiplyAdd(x, x, b);
            c = Vector128.FusedMultiplyAdd(x, x, c);
            d = Vector128.FusedMultiplyAdd(x, x, d);
            e = Vector128.FusedMultiplyAdd(x, x, e);
            f = Vector128.FusedMultiplyAdd(x, x, f);
            g = Vector128.FusedMultiplyAdd(x, x, g);
            h = Vector128.FusedMultiplyAdd(x, x, h);
        }

        return Vector128.Sum(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Sum(ReadOnlySpan<float> values)
    {
        ref float at = ref MemoryMarshal.GetReference(values);
        Vector128<float> a = default, b = default;
        for (int i = 0; i <= values.Length - 2 * Vector128<float>.Count; i += 2 * Vector128<float>.Count)
        {
            a += Vector128.LoadUnsafe(ref at, (nuint)i);
            b += Vector128.LoadUnsafe(ref at, (nuint)(i + Vector128<float>.Count));
        }

        return Vector128.Sum(a + b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Count(int steps)
    {
        uint state = 1;
        // A linear congruential generator: each step waits for the one before.
        for (int i = 0; i < steps; i++)
            state = state * 1664525 + 1013904223;
        return state;
    }
}
