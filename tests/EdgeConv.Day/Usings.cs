global using EdgeConv.Core;
global using Xunit;
