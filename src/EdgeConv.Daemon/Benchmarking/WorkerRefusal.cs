namespace EdgeConv.Daemon.Benchmarking;

/// <summary>A worker cannot load its model; the message is the line it gave, place and all.</summary>
internal sealed class WorkerRefusal(string message) : Exception(message);
