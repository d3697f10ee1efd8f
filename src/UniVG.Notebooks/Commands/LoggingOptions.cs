using System.CommandLine;
using UniVG.Finetuning.Training.Logs;
using UniVG.Notebooks.Commands.Completion;

namespace UniVG.Notebooks.Commands;

/// <summary>The options that say which logs a run writes.</summary>
internal sealed class LoggingOptions
{
    // kohya's and SD-Trainer's usual folder.
    private const string DefaultFolder = "logs";
    private const string TensorBoard = "tensorboard";

    private readonly Option<string?> _folder = OptionFactory.Text("--log-dir", "folder for TensorBoard's logs, one folder a run in it; default none are written", "DIR", PathSource.Folders);
    private readonly Option<string?> _with = OptionFactory.Choice("--log-with", $"tensorboard writes its logs to --log-dir, or to {DefaultFolder}", [TensorBoard]);
    private readonly Option<string?> _prefix = OptionFactory.Text("--log-prefix", "what the names of runs' folders in it begin with; default nothing");

    /// <summary>The options.</summary>
    public OptionGroup Group => new("logs", [_folder, _with, _prefix]);

    /// <summary>The logs, with what a line gives.</summary>
    public LogOptions Read(ParseResult arguments, LogOptions defaults) => new()
    {
        Folder = arguments.GetValue(_folder) ?? defaults.Folder ?? (arguments.GetValue(_with) == TensorBoard ? DefaultFolder : null),
        Prefix = arguments.GetValue(_prefix) ?? defaults.Prefix,
    };
}
