using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Commands;

/// <summary>One line about a wrong command line: what was found, and what would be right.</summary>
internal static class UsageError
{
    /// <summary>The line; null when the command line can be run, or asks for help or the version.</summary>
    public static string? Of(ParseResult parsed)
    {
        bool isRunnable = parsed.Action is not (null or ParseErrorAction);
        string? problem = EmptyArgument(parsed) ?? UnknownWord(parsed, isRunnable);
        if (problem is null && isRunnable)
            return null;
        problem ??= parsed.Errors.Select(error => Describe(error, parsed)).FirstOrDefault()
            ?? MissingCommand(parsed);
        return $"{problem}; see '{NameOf(parsed.CommandResult)} --help'";
    }

    // No file, name or number is empty.
    private static string? EmptyArgument(ParseResult parsed) =>
        parsed.Tokens.Any(token => token.Value.Length == 0) ? "an argument is empty" : null;

    // The library takes an unknown option for an argument wherever an argument may stand.
    private static string? UnknownWord(ParseResult parsed, bool isRunnable)
    {
        Command command = parsed.CommandResult.Command;
        bool isHelp = isRunnable && command.Action != parsed.Action;
        string? option = isHelp
            ? null
            : parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
                .Where(token => token.Type == TokenType.Argument)
                .FirstOrDefault(token => LooksLikeOption(token.Value))?.Value;
        if (option is not null)
            return $"unknown option '{option}'{Suggestion(option, OptionsOf(parsed.CommandResult))}";
        if (isRunnable || parsed.UnmatchedTokens.Count == 0)
            return null;
        string word = parsed.UnmatchedTokens[0];
        return command.Subcommands.Count == 0
            ? $"'{word}' is one argument too many"
            : $"unknown command '{word}'{Suggestion(word, command.Subcommands.Select(c => c.Name))}";
    }

    // A number, or the first one of several or of a range, may be negative.
    private static bool LooksLikeOption(string word) => word.Length > 1 && word[0] == '-'
        && !double.TryParse(word.Split(',')[0].Split("..")[0], CultureInfo.InvariantCulture, out _);

    private static IEnumerable<string> OptionsOf(CommandResult command) => command.Command.Options
        .SelectMany(option => option.Aliases.Append(option.Name))
        .Where(name => name.StartsWith("--", StringComparison.Ordinal));

    private static string Suggestion(string word, IEnumerable<string> known)
    {
        string[] names = [.. known];
        return Spelling.Nearest(word.Split('=')[0], names) is { } near
            ? $"; did you mean '{near}'?"
            : $"; there are {string.Join(", ", names)}";
    }

    private static string MissingCommand(ParseResult parsed)
    {
        IEnumerable<string> names = parsed.CommandResult.Command.Subcommands.Select(command => command.Name);
        return $"a command is needed: {string.Join(", ", names)}";
    }

    private static string Describe(ParseError error, ParseResult parsed)
    {
        if (error.SymbolResult is CommandResult { Command.Subcommands.Count: > 0 })
            return MissingCommand(parsed);
        OptionResult? option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        if (option is not null)
            return Describe(option, error);
        // A required option that is not there has no result of its own: the error stands at the command.
        Option? missing = parsed.CommandResult.Command.Options.FirstOrDefault(
            o => o.Required && parsed.GetResult(o) is null or { Implicit: true });
        if (error.SymbolResult is ArgumentResult { Tokens.Count: 0 } argument)
            return $"{argument.Argument.Name} is missing";
        return missing is null ? OneLine(error.Message) : $"{missing.Name} is missing";
    }

    private static string Describe(OptionResult result, ParseError error)
    {
        Option option = result.Option;
        if (result.IdentifierTokenCount == 0)
            return $"{option.Name} is missing";
        if (result.Tokens.Count == 0)
            return $"{option.Name} needs a value";
        if (result.Tokens.Count > 1 && option.Arity.MaximumNumberOfValues == 1)
            return $"{option.Name} stands there {result.IdentifierTokenCount} times; once is right";
        string value = result.Tokens[^1].Value;
        string[] choices = [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
        if (choices.Length != 0)
            return $"{option.Name} '{value}'; {string.Join(" or ", choices)} would be right";
        if (option.ValueType == typeof(int))
            return $"{option.Name} '{value}' is no whole number";
        return option.ValueType == typeof(double) || option.ValueType == typeof(double?)
            ? $"{option.Name} '{value}' is no number"
            : OneLine(error.Message);
    }

    private static string NameOf(CommandResult command) => command.Parent is CommandResult parent
        ? $"{NameOf(parent)} {command.Command.Name}"
        : "edgeconv";

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
