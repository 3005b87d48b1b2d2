using System.CommandLine;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Commands;

/// <summary>The command line: <c>edgeconv COMMAND …</c>.</summary>
internal static class Root
{
    /// <summary>Exit status when all went well.</summary>
    public const int Success = 0;

    /// <summary>Exit status of a mistake in what the user gave, or of a failed check.</summary>
    public const int Failure = 1;

    /// <summary>Understands a command line.</summary>
    public static ParseResult Parse(string[] args)
    {
        RootCommand root = new("Edge inference daemon: runs networks on pictures and sensor data, says what it " +
            "does not know, holds a budget and publishes over MQTT.");
        root.Add(RunCommand.Create());
        root.Add(DemoCommand.Create());
        root.Add(CheckCommand.Create());
        root.Add(ProfileCommand.Create());
        root.Add(CalibratePowerCommand.Create());
        root.Add(InspectCommand.Create());
        root.Add(ScaleCommand.Create());
        root.Add(VerifyCommand.Create());
        root.Add(FitCommand.Create());
        root.Add(FingerprintCommand.Create());
        root.Add(ScoreCommand.Create());
        root.Add(RecalibrateCommand.Create());
        root.Add(DevicesCommand.Create());
        root.Add(BenchCommand.Create());
        // A file whose name begins with @ is a file, not a list of arguments.
        ParserConfiguration configuration = new() { ResponseFileTokenReplacer = null };
        return root.Parse(MapOption.Complete(args), configuration);
    }

    /// <summary>Runs the command line and gives the exit status.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Parse(args);
        if (UsageError.Of(parsed) is { } problem)
            return Fail(problem);
        InvocationConfiguration configuration = new()
        {
            EnableDefaultExceptionHandler = false,
            // The daemon takes the signals itself, to drain what is in flight.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (EdgeConvError error)
        {
            return Fail(error.Message);
        }
        catch (OutOfMemoryException)
        {
            return Fail("there is not enough memory");
        }
        catch (OperationCanceledException)
        {
            return Fail("interrupted");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Fail(error.Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Prints one line on standard error and gives the status of a failure.</summary>
    public static int Fail(string problem)
    {
        Console.Error.WriteLine($"edgeconv: {problem}");
        return Failure;
    }
}
