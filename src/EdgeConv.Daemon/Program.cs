using EdgeConv.Daemon.Commands;

return await Root.RunAsync(args).ConfigureAwait(false);
