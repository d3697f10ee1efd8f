using System.Globalization;
using UniVG.Benchmarks.Scenarios;

namespace UniVG.Benchmarks;

/// <summary>Reads the names of scenarios and the options from the command line.</summary>
internal static class CommandLine
{
    public static string Usage =>
        "usage: UniVG.Benchmarks SCENARIO...|all [--size-mb N] [--repeat N] [--threads N] [--device D] [--precision P] [--resolution N] [--python PATH]" + Environment.NewLine
        + string.Join(Environment.NewLine, KnownScenarios.All.Select(s => $"  {s.Name,-18} {s.Summary}"));

    public static bool TryParse(string[] args, out IReadOnlyList<string> names, out BenchmarkOptions options, out string problem)
    {
        var found = new List<string>();
        (names, options, problem) = (found, new BenchmarkOptions(), "");
        for (var i = 0; i < args.Length && problem.Length == 0; i++)
        {
            if (args[i] == "all") found.AddRange(KnownScenarios.All.Select(s => s.Name));
            else if (KnownScenarios.Find(args[i]) is { } scenario) found.Add(scenario.Name);
            else if (!args[i].StartsWith("--", StringComparison.Ordinal)) problem = $"There is no scenario '{args[i]}'.";
            else if (i + 1 == args.Length) problem = $"{args[i]} needs a value.";
            else if (WithWord(options, args[i], args[i + 1]) is { } worded) (options, i) = (worded, i + 1);
            else if (!TryCount(args[i + 1], out var count)) problem = $"{args[i]} needs a whole number from 1.";
            else if (With(options, args[i++], count) is { } changed) options = changed;
            else problem = $"There is no option '{args[i - 1]}'.";
        }

        if (problem.Length == 0 && found.Count == 0) problem = "Name a scenario.";
        return problem.Length == 0;
    }

    private static BenchmarkOptions? With(BenchmarkOptions options, string name, int value) => name switch
    {
        "--size-mb" => options with { SizeMb = value },
        "--repeat" => options with { Repetitions = value },
        "--threads" => options with { Threads = value },
        "--resolution" => options with { Resolution = value },
        _ => null,
    };

    private static BenchmarkOptions? WithWord(BenchmarkOptions options, string name, string value) => name switch
    {
        "--python" => options with { Python = value },
        "--device" => options with { Device = value },
        "--precision" => options with { Precision = value },
        _ => null,
    };

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
}
