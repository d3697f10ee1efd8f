using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>The options that say where the finished adapter goes.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string?> _output = OptionFactory.Text("--output", "folder for the finished adapter; default output", "DIR", PathSource.Folders);
    private readonly Option<string?> _name = OptionFactory.Text("--name", "its file name without ending; default model_lora or model_loha");
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace an adapter file of that name");

    /// <summary>The options.</summary>
    public OptionGroup Group => new("output", [_output, _name, _overwrite]);

    /// <summary>Whether a line gives any of them.</summary>
    public bool IsGiven(ParseResult arguments) => Group.Options.Any(option => arguments.GetResult(option) is { Implicit: false });

    /// <summary>Reads the options of a line.</summary>
    /// <param name="arguments">The line.</param>
    /// <param name="adapter">The adapter, whose kind gives the file its default name.</param>
    /// <param name="defaults">What the applied configuration says; null for the guide's.</param>
    /// <exception cref="UniVGException">The name is no plain file name.</exception>
    public AdapterOutput Read(ParseResult arguments, AdapterConfig adapter, RunFiles? defaults = null)
    {
        var name = arguments.GetValue(_name) ?? defaults?.Name ?? AdapterOutput.DefaultName(adapter);
        if (name.Trim('.').Length == 0 || Path.GetFileName(name) != name)
            throw new UniVGException($"--name is '{name}'; it must be a file name without folder, such as {AdapterOutput.DefaultName(adapter)}.");
        var folder = arguments.GetValue(_output) ?? defaults?.Folder ?? AdapterOutput.DefaultFolder;
        return new AdapterOutput(
            Path.Combine(string.IsNullOrWhiteSpace(folder) ? throw new UniVGException("--output is empty; name a folder, or leave it out.") : folder, name + AdapterOutput.Extension), arguments.GetValue(_overwrite));
    }
}
