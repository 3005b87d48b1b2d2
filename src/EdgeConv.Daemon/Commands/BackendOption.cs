using System.CommandLine;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Commands;

/// <summary>The option <c>--backend</c>, the same for every command that has it.</summary>
internal static class BackendOption
{
    public static Option<string> Create()
    {
        Option<string> option = new("--backend")
        {
            Description = "auto, edgeconv or onnxruntime",
            DefaultValueFactory = _ => "auto",
        };
        return option.AcceptOnlyFromAmong("auto", "edgeconv", "onnxruntime");
    }

    public static Backend Parse(string? text) => text switch
    {
        "edgeconv" => Backend.EdgeConv,
        "onnxruntime" => Backend.OnnxRuntime,
        _ => Backend.Auto,
    };
}
