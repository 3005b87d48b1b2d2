using EdgeConv.Daemon;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Commands;

WideBuild.TakeOver();
if (args is [BenchWorker.Verb, ..])
    return BenchWorker.Run(args.AsSpan(1));
return await Root.RunAsync(args).ConfigureAwait(false);
