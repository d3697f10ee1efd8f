using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Configuration;

/// <summary>What a configuration file says, and what of it cannot be followed.</summary>
/// <param name="Definition">The run that it describes; what the file does not mention has kohya's defaults.</param>
/// <param name="Meaningless">Keys that mean something to kohya's trainer or its GUI alone, such as <c>xformers</c>.</param>
/// <param name="Unsupported">Keys that would change the training and cannot be followed, with their values.</param>
/// <param name="Unknown">Keys that kohya's trainer does not have either, perhaps with the one that was meant.</param>
public sealed record ConfigReading(
    RunDefinition Definition, IReadOnlyList<string> Meaningless, IReadOnlyList<string> Unsupported, IReadOnlyList<string> Unknown);
