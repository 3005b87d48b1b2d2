using EdgeConv.Core;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = EdgeConv.Core.SessionOptions;

namespace EdgeConv.OnnxRuntime;

/// <summary>
/// A model run by ONNX Runtime. Inputs and outputs are our tensors, bound once, so that a run copies nothing
/// unless an output's shape depends on the data.
/// </summary>
internal sealed class OrtSession : ISession
{
    private readonly InferenceSession _native;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _boundInputs = [];
    private readonly List<Tensor> _inputs = [];
    private readonly List<Tensor> _constants = [];
    private readonly List<OrtOutput> _allOutputs = [];
    private readonly List<OrtTap> _taps = [];
    private readonly List<OrtMap> _maps = [];
    private readonly bool _hasDynamicOutput;

    /// <summary>Takes over <paramref name="native"/>, whose outputs behind the first
    /// <paramref name="ownOutputs"/> are there for taps and maps only.</summary>
    public OrtSession(InferenceSession native, ModelIdentity model, SessionOptions options, int ownOutputs)
    {
        _native = native;
        Model = model;
        _binding = native.CreateIoBinding();
        try
        {
            Inputs = BindInputs(options);
            BindOutputs();
            _hasDynamicOutput = _allOutputs.Exists(o => o.IsDynamic);
            if (_hasDynamicOutput)
                Run();
            Outputs = [.. _allOutputs.Take(ownOutputs).Select(
                o => new TensorInfo(o.Name, o.Tensor.Type, o.Tensor.Shape))];
            foreach (string tap in options.Taps)
                _taps.Add(new OrtTap(model.Path, _allOutputs.First(o => o.Name == tap)));
            foreach (string map in options.Maps)
                _maps.Add(new OrtMap(model.Path, _allOutputs.First(o => o.Name == map)));
            Taps = [.. _taps.Select(t => t.Info)];
            Maps = [.. _maps.Select(m => m.Info)];
        }
        catch
        {
            DisposeBindings();
            throw;
        }
    }

    /// <inheritdoc/>
    public ModelIdentity Model { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _native.ModelMetadata.CustomMetadataMap;

    /// <inheritdoc/>
    public string Backend => OrtSessionFactory.BackendName;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TapInfo> Taps { get; }

    /// <inheritdoc/>
    public IReadOnlyList<MapInfo> Maps { get; }

    /// <inheritdoc/>
    public long MultiplyAdds => 0;

    /// <inheritdoc/>
    public Tensor GetInput(int index) => _inputs[index];

    /// <inheritdoc/>
    public Tensor GetOutput(int index) => _allOutputs[index].Tensor;

    /// <inheritdoc/>
    public ReadOnlySpan<float> GetTap(int index) => _taps[index].Statistics;

    /// <inheritdoc/>
    public ReadOnlySpan<float> GetMap(int index) => _maps[index].Activations;

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            _native.RunWithBinding(_runOptions, _binding);
            if (_hasDynamicOutput)
                CopyDynamicOutputs();
        }
        catch (OnnxRuntimeException problem)
        {
            throw OrtErrors.Translate(Model.Path, problem);
        }

        foreach (OrtTap tap in _taps)
            tap.Reduce();
        foreach (OrtMap map in _maps)
            map.Read();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeBindings();
        _native.Dispose();
    }

    private List<TensorInfo> BindInputs(SessionOptions options)
    {
        List<TensorInfo> free = [];
        foreach (string name in _native.InputNames)
        {
            bool isBound = options.BoundInputs.TryGetValue(name, out Tensor? bound);
            Tensor tensor =
                isBound ? Constant(name, bound!) : NewInput(name, options.InputShapes.GetValueOrDefault(name));
            (isBound ? _constants : _inputs).Add(tensor);
            OrtValue value = OrtMemory.Wrap(tensor);
            _boundInputs.Add(value);
            _binding.BindInput(name, value);
            if (!isBound)
                free.Add(new TensorInfo(name, tensor.Type, tensor.Shape));
        }

        return free;
    }

    private Tensor NewInput(string name, Shape? wanted)
    {
        NodeMetadata metadata = _native.InputMetadata[name];
        string place = $"{Model.Path}: input '{name}'";
        if (!metadata.IsTensor)
            throw ModelError.Unsupported(place, "it is no tensor");
        DataType type = OrtTypes.From(metadata.ElementDataType, place);
        long[] dimensions = [.. metadata.Dimensions.Select((d, axis) =>
            d >= 0 ? d : axis < wanted?.Rank ? (long)wanted[axis] : 1)];
        if (wanted is not null && !wanted.Dimensions.ToArray().Select(d => (long)d).SequenceEqual(dimensions))
        {
            throw new ModelError(
                place,
                $"shape {wanted} was asked for, the model has [{string.Join(',', metadata.Dimensions)}]");
        }

        return Shape.TryCreate(dimensions, out Shape? shape, out string? problem)
            ? new Tensor(type, shape)
            : throw new ModelError(place, problem);
    }

    private void BindOutputs()
    {
        foreach (string name in _native.OutputNames)
        {
            OrtOutput output = new(name);
            _allOutputs.Add(output);
            NodeMetadata metadata = _native.OutputMetadata[name];
            long[] dimensions = [.. metadata.Dimensions.Select(d => (long)d)];
            string place = $"{Model.Path}: output '{name}'";
            // A scalar has no dimensions, but neither has an output of unknown rank.
            bool isStatic = metadata.IsTensor && dimensions.Length > 0 && dimensions.All(d => d > 0);
            if (isStatic && Shape.TryCreate(dimensions, out Shape? shape, out _))
                output.Bind(_binding, OrtTypes.From(metadata.ElementDataType, place), shape);
            else
                _binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
        }
    }

    private void CopyDynamicOutputs()
    {
        using IDisposableReadOnlyCollection<OrtValue> values = _binding.GetOutputValues();
        for (int i = 0; i < _allOutputs.Count; i++)
        {
            if (_allOutputs[i].IsDynamic)
                _allOutputs[i].Copy(values[i], Model.Path);
        }
    }

    private Tensor Constant(string name, Tensor tensor)
    {
        Tensor copy = NewInput(name, tensor.Shape);
        if (copy.Type != tensor.Type)
        {
            throw new ModelError($"{Model.Path}: input '{name}'",
                $"a value of {DataTypes.NameOf(tensor.Type)} for an input of {DataTypes.NameOf(copy.Type)}");
        }

        tensor.AsBytes().CopyTo(copy.AsBytes());
        return copy;
    }

    private void DisposeBindings()
    {
        _binding.Dispose();
        _runOptions.Dispose();
        foreach (OrtValue value in _boundInputs)
            value.Dispose();
        foreach (Tensor tensor in _inputs.Concat(_constants))
            tensor.Dispose();
        foreach (OrtOutput output in _allOutputs)
            output.Dispose();
    }
}
