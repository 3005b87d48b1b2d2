using System.CommandLine;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Engine.Verification;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv verify PATH…</c>: runs ONNX backend-test cases and compares.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "Folders in the layout of ONNX's backend tests, or folders of such folders",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> list = new("--list") { Description = "File that names the cases below PATH, one a line" };
        Option<double> relative = new("--rtol") { DefaultValueFactory = _ => Tolerance.Onnx.Relative };
        Option<double> absolute = new("--atol") { DefaultValueFactory = _ => Tolerance.Onnx.Absolute };
        Option<bool> json = new("--json") { Description = "One JSON object instead of lines" };
        Option<string> backend = BackendOption.Create();
        Command command = new("verify", "Run ONNX backend-test cases and compare with their expected outputs")
        {
            paths, list, relative, absolute, json, backend,
        };
        command.SetAction(parsed =>
        {
            Tolerance tolerance = new(parsed.GetValue(relative), parsed.GetValue(absolute));
            if (!(tolerance.Relative >= 0 && tolerance.Absolute >= 0))
                return Root.Fail("--rtol and --atol must not be negative");
            ISessionFactory factory = new SessionLoader(Console.Error.WriteLine)
                .FactoryOf(BackendOption.Parse(parsed.GetValue(backend)), "--backend");
            List<CaseResult> results = [];
            List<string> cases = CasesOf(parsed.GetRequiredValue(paths), parsed.GetValue(list), results);
            return Run(cases, results, new CaseRunner(factory, tolerance), parsed.GetValue(json));
        });
        return command;
    }

    // A folder without cases counts as one failed case; the others are run all the same.
    private static List<string> CasesOf(string[] paths, string? list, List<CaseResult> results)
    {
        List<string> cases = [];
        foreach (string path in paths)
        {
            try
            {
                cases.AddRange(list is null ? CaseFolders.Find(path) : CaseFolders.FromList(list, path));
            }
            catch (DataError problem)
            {
                Root.Fail(problem.Message);
                results.Add(new CaseResult(path, CaseOutcome.Failed, problem.Message));
            }
        }

        return cases;
    }

    private static int Run(List<string> cases, List<CaseResult> results, CaseRunner runner, bool json)
    {
        foreach (string folder in cases)
        {
            CaseResult result = runner.Run(folder);
            results.Add(result);
            if (!json && result.Outcome != CaseOutcome.Passed)
                Console.WriteLine(
                    $"{result.Outcome.ToString().ToLowerInvariant()}: {result.Name}: {result.Reason}");
        }

        int passed = results.Count(r => r.Outcome == CaseOutcome.Passed);
        int failed = results.Count(r => r.Outcome == CaseOutcome.Failed);
        int unsupported = results.Count - passed - failed;
        if (json)
            PrintJson(results, passed, failed, unsupported);
        else
            Console.WriteLine($"{passed} passed, {failed} failed, {unsupported} unsupported");
        return failed == 0 ? Root.Success : Root.Failure;
    }

    private static void PrintJson(List<CaseResult> results, int passed, int failed, int unsupported)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("passed", passed);
        json.WriteNumber("failed", failed);
        json.WriteNumber("unsupported", unsupported);
        json.WriteStartArray("cases");
        foreach (CaseResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteString("outcome", result.Outcome.ToString().ToLowerInvariant());
            if (result.Reason is not null)
                json.WriteString("reason", result.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
