using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using UniVG.Diffusion;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Headless;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg run</c>: executes notebooks without Jupyter.</summary>
internal static class RunCommand
{
    // What a timer can wait for, some 24 days.
    private const int MostSeconds = int.MaxValue / 1000;

    private const string Help =
        """
        Executes notebooks and writes their executed forms, without Jupyter.

        Cells run in the current directory: relative paths in a notebook are relative to where the command is given.
        A failing cell ends the run (unless it is tagged raises-exception); what was executed is written all the same.
        Exit code: 0 all cells ran, 1 a cell failed, 2 the command line is wrong, 130 interrupted.

        Examples:
          univg run notebooks/01-lora.ipynb
          univg run experiment.ipynb -p steps=200 -p prompt="retina vessels" --output results/200.ipynb
          univg run notebooks/*.ipynb --timeout 600 --quiet --html
        """;

    public static Command Create()
    {
        var notebooks = new Argument<string[]>("NOTEBOOK") { Description = "Notebooks (.ipynb or .dib), executed one after the other.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o") { Description = "The executed notebook, .ipynb or .html [default: output/NAME.ipynb].", HelpName = "FILE" };
        var page = new Option<bool>("--html") { Description = "Also write it as a web page that needs nothing else, NAME.html." };
        var timeout = new Option<double?>("--timeout") { Description = "How long one cell may take.", HelpName = "SECONDS" };
        var parameters = new Option<string[]>("--parameter", "-p")
        {
            Description = "A variable that replaces the one in the cell tagged 'parameters'; may be given several times.",
            HelpName = "NAME=VALUE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Say nothing unless a cell fails." };
        var json = new Option<bool>("--json") { Description = "Tell the progress as JSON, one object a line." };
        var command = new Command("run", Help) { notebooks, output, page, timeout, parameters, quiet, json };
        command.Validators.Add(Validate(notebooks, output, timeout, parameters));
        command.SetAction(parsed => RunAsync(
            new RunOptions(parsed.GetValue(notebooks)!)
            {
                Output = parsed.GetValue(output),
                Page = parsed.GetValue(page),
                CellTimeout = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Parameters = [.. (parsed.GetValue(parameters) ?? []).Select(NotebookParameters.Parse)],
            },
            CreateProgress(parsed.GetValue(quiet), parsed.GetValue(json))));
        return command;
    }

    private static Action<CommandResult> Validate(
        Argument<string[]> notebooks, Option<string> output, Option<double?> timeout, Option<string[]> parameters) => result =>
    {
        var names = (result.GetValue(notebooks) ?? []).Select(Path.GetFileNameWithoutExtension).ToList();
        if (result.GetValue(output) is not null && names.Count > 1)
        {
            result.AddError($"--output names one file, but {names.Count} notebooks are given.");
        }

        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            result.AddError($"Two notebooks are called '{twice.Key}' and would be written to one file; run them apart, with --output.");
        }

        if (result.GetResult(timeout) is { Tokens: [var seconds, ..] } && !(double.TryParse(seconds.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MostSeconds))
            result.AddError($"--timeout is '{seconds.Value}'; it must be a number of seconds above 0 and at most {MostSeconds}.");
        var given = new HashSet<string>();
        foreach (var assignment in result.GetValue(parameters) ?? [])
        {
            try
            {
                var name = NotebookParameters.Parse(assignment).Key;
                if (!given.Add(name)) result.AddError($"-p {name} is given more than once.");
            }
            catch (UniVGException e)
            {
                result.AddError(e.Message);
            }
        }
    };

    private static async Task<int> RunAsync(RunOptions options, IRunProgress progress)
    {
        ConsoleCapture.Install();
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        var run = new HeadlessRun(() => KernelComposition.CreateSession("univg run"), progress, ConsoleCapture.Error);
        return await run.RunAsync(options, stop.Token);
    }

    // The first signal ends the running cell and writes the notebook; the second one ends the program.
    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (stop.IsCancellationRequested) return;
        signal.Cancel = true;
        Task.Run(stop.Cancel);
    }

    private static IRunProgress CreateProgress(bool quiet, bool json) =>
        quiet ? new QuietProgress()
        : json ? new JsonProgress(ConsoleCapture.Output, TimeProvider.System)
        : Console.IsOutputRedirected ? new LogProgress(ConsoleCapture.Output, TimeProvider.System)
        : new TerminalProgress(ConsoleCapture.Output, () => Console.WindowWidth, TimeProvider.System);
}
