using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Configuration;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg config FILE</c>: applies a configuration of SD-Trainer or kohya, from a file, the cell or the guide; or writes one.</summary>
public sealed class ConfigCommand : UniVGCommand
{
    private readonly Argument<string?> _source = new SuggestingArgument<string?>(
        "source", PathSource.Files(".toml").With([.. Presets.Names.Select(name => new ValueSuggestion(name, "the guide's"))]))
    {
        Description = $"a TOML file of SD-Trainer or kohya, or the guide's {string.Join(" or ", Presets.Names)}; without it the TOML stands in the cell below",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _export = OptionFactory.Text("--export", "writes the session's own configuration instead, as kohya reads it", "FILE", PathSource.Files(".toml"));
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");

    /// <summary>Creates the command.</summary>
    public ConfigCommand()
        : base("config", "Applies a configuration of SD-Trainer or kohya; '#!univg train' then runs it.")
    {
        Arguments.Add(_source);
        Options.Add(_export);
        Options.Add(_overwrite);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg config config/autosave/20260101-120000.toml";

    /// <inheritdoc/>
    public override string CSharp => "univg.ApplyConfiguration(TrainerToml.Read(TomlFile.Read(\"config.toml\")).Definition); univg.ExportConfiguration(\"mine.toml\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var source = arguments.GetValue(_source);
        if (arguments.GetValue(_export) is { } file)
        {
            if (source is not null || context.Body.Length > 0) throw new UniVGException("--export writes the session's configuration; leave out the one to apply.");
            context.Session.ExportConfiguration(file, arguments.GetValue(_overwrite));
            context.Host.Display(new Card($"Wrote {file}").ToBundle());
            return Task.CompletedTask;
        }

        var reading = Read(source, context.Body);
        context.Session.ApplyConfiguration(reading.Definition);
        var card = ConfigCard.Of(reading, source ?? "the cell");
        var asked = reading.Definition.Model.Precision;
        if (reading.Definition.ModelPath is not null && context.Session.Model!.Options.Precision is var got && got != asked)
            card = card with { Notes = [$"The model computes in {got}, as {asked} needs a GPU.", .. card.Notes] };
        context.Host.Display(card.ToBundle());
        return Task.CompletedTask;
    }

    private static ConfigReading Read(string? source, string body)
    {
        if (source is null && string.IsNullOrWhiteSpace(body))
            throw new UniVGException($"Give a TOML file, write TOML below the command, or name one of the guide's: {string.Join(", ", Presets.Names)}.");
        if (source is not null && !string.IsNullOrWhiteSpace(body))
            throw new UniVGException("The configuration comes from a file or from the cell, not from both; leave one out.");
        return source is null ? TrainerToml.Read(TomlFile.Parse(body, "the cell"))
            : Presets.Find(source) is { } preset ? new ConfigReading(preset, [], [], [])
            : TrainerToml.Read(TomlFile.Read(InputPath.Find(source)));
    }
}
