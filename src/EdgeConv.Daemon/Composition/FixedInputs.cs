using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Composition;

/// <summary>The values of inputs that stay the same, read from their files; disposed when sessions are made.</summary>
internal sealed class FixedInputs : IDisposable
{
    private readonly Dictionary<string, Tensor> _values = [];

    /// <exception cref="DataError">One of them is no array, or of another type than tensors have.</exception>
    public FixedInputs(IReadOnlyList<InputFile> files)
    {
        try
        {
            foreach (InputFile file in files)
                _values.Add(file.Name, NpyFile.Read(file.Path));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>By name of the input.</summary>
    public IReadOnlyDictionary<string, Tensor> Values => _values;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor value in _values.Values)
            value.Dispose();
    }
}
