using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Runs;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg train</c>: trains to the planned end and writes the adapter.</summary>
public sealed class TrainCommand : UniVGCommand
{
    private readonly RunOptions _run = new();
    private readonly Option<bool> _detach = OptionFactory.Flag("--detach", "hand the run to a process of its own, which outlives the notebook; '#!univg attach' shows it");

    /// <summary>Creates the command.</summary>
    public TrainCommand()
        : base("train", "Trains the adapter to the end and writes it; continues a run that has begun.")
    {
        Options.Add(_detach);
        foreach (var option in _run.Groups.SelectMany(group => group.Options)) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg train --steps 300 --lr 1e-4 --sample-every 100";

    /// <inheritdoc/>
    public override string CSharp => "univg.Finetune(new LoraConfig(), new TrainingConfig { Steps = 300, LearningRate = 1e-4 }); await univg.TrainAsync()";

    /// <inheritdoc/>
    public override IReadOnlyList<OptionGroup> OptionGroups => [.. _run.Groups, new OptionGroup("process", [_detach])];

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var detach = arguments.GetValue(_detach);
        if (detach && context.Launcher is null)
            throw new UniVGException($"--detach needs the univg program, which {context.Host.Name} is not part of; run the notebook with the kernel C# (UniVG), or without --detach.");
        var run = RunStarter.ContinueOrStart(_run, arguments, context.Session);
        if (detach)
        {
            await DetachAsync(context).ConfigureAwait(false);
            return;
        }

        await context.TrainAsync(run, run.TotalSteps - run.Step).ConfigureAwait(false);
    }

    private static async Task DetachAsync(CommandContext context)
    {
        var folder = context.Session.DetachRun(context.Launcher!);
        var name = RunFolder.NameHere(folder);
        var worker = await folder.WaitForWorkerAsync(context.Host.CancellationToken).ConfigureAwait(false);
        context.Host.Display(new Card($"Detached: {folder.Name}")
        {
            Facts = [new("process", FormattableString.Invariant($"{worker.Id}")), new("folder", folder.Path)],
            Notes =
            [
                "It trains on when the notebook ends. The adapter went with it, so the notebook has none now.",
                $"'#!univg attach {name}' shows it, here or elsewhere, '#!univg stop {name}' ends it; on a terminal: univg attach {folder.Path}.",
            ],
        }.ToBundle());
    }
}
