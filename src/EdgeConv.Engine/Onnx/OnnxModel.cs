using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Onnx;

/// <summary>A model file as read: which file it was, and its graph without shapes.</summary>
/// <param name="Identity">Name, path and hash of the file.</param>
/// <param name="Opset">Version of ONNX's own operator set that the model is written in.</param>
/// <param name="Producer">What the file says wrote it, with version; empty when it does not say.</param>
/// <param name="Graph">The graph.</param>
public sealed record OnnxModel(ModelIdentity Identity, int Opset, string Producer, ModelGraph Graph);
