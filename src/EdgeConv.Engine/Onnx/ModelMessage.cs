using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;

namespace EdgeConv.Engine.Onnx;

/// <summary>Where the raw data of a tensor lies in its file.</summary>
/// <param name="Source">The file.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Number of bytes; all of them are in the file.</param>
internal sealed record RawData(ModelSource Source, long Offset, long Length);

/// <summary>An initializer without its raw data.</summary>
/// <param name="Proto">All its other fields.</param>
/// <param name="Data">Its raw data; null when it has none.</param>
internal sealed record Initializer(TensorProto Proto, RawData? Data);

/// <summary>
/// A model file as parsed, but for the raw data of its initializers, which stays where it is: nearly all of a
/// file is weights.
/// </summary>
/// <param name="Model">All fields but those below; its graph, if it has one, holds no initializers.</param>
/// <param name="Initializers">Those of the graph.</param>
internal sealed record ModelMessage(ModelProto Model, IReadOnlyList<Initializer> Initializers)
{
    /// <summary>Parses the file.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is no such message.</exception>
    /// <exception cref="InvalidDataException">It is no message at all.</exception>
    public static ModelMessage Parse(ModelSource source) => new Splitter(source).Split();

    /// <summary>
    /// Takes a message apart field by field: what belongs to one message and stands in several pieces is one
    /// when the pieces are joined.
    /// </summary>
    private sealed class Splitter(ModelSource source)
    {
        private readonly WireReader _reader = new(source);
        private readonly List<Initializer> _initializers = [];

        public ModelMessage Split()
        {
            MemoryStream model = new();
            MemoryStream? graph = null;
            while (_reader.TryReadTag(source.Length, out uint tag))
            {
                if (IsMessage(tag, ModelProto.GraphFieldNumber))
                {
                    SplitGraph(End(source.Length), graph ??= new MemoryStream());
                }
                else
                {
                    _reader.CopyField(tag, source.Length, model);
                }
            }

            ModelProto proto = Parse(ModelProto.Parser, model);
            if (graph is not null)
                proto.Graph = Parse(GraphProto.Parser, graph);
            return new ModelMessage(proto, _initializers);
        }

        private void SplitGraph(long end, MemoryStream graph)
        {
            while (_reader.TryReadTag(end, out uint tag))
            {
                if (IsMessage(tag, GraphProto.InitializerFieldNumber))
                    _initializers.Add(SplitInitializer(End(end)));
                else
                    _reader.CopyField(tag, end, graph);
            }
        }

        // Of raw data that is there twice, the last counts.
        private Initializer SplitInitializer(long end)
        {
            MemoryStream tensor = new();
            RawData? data = null;
            while (_reader.TryReadTag(end, out uint tag))
            {
                if (IsMessage(tag, TensorProto.RawDataFieldNumber))
                {
                    long length = _reader.ReadLength(end);
                    data = new RawData(source, _reader.Position, length);
                    _reader.Skip(length);
                }
                else
                {
                    _reader.CopyField(tag, end, tensor);
                }
            }

            return new Initializer(Parse(TensorProto.Parser, tensor), data);
        }

        private long End(long end)
        {
            long length = _reader.ReadLength(end);
            return _reader.Position + length;
        }

        private static bool IsMessage(uint tag, int field) =>
            tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited);

        private static T Parse<T>(MessageParser<T> parser, MemoryStream bytes) where T : IMessage<T> =>
            parser.WithDiscardUnknownFields(true).ParseFrom(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
