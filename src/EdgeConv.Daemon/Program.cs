using EdgeConv.Daemon;

WideBuild.TakeOver();
return await EdgeConvHost.RunAsync(args).ConfigureAwait(false);
