namespace UniVG.Finetuning.Training.Settings;

/// <summary>On or off.</summary>
/// <param name="name">As in the base class.</param>
/// <param name="kohyaKey">As in the base class.</param>
/// <param name="group">As in the base class.</param>
/// <param name="meaning">As in the base class.</param>
/// <param name="read">Gives the value.</param>
/// <param name="write">Sets the value.</param>
internal sealed class FlagSetting(
    string name, string kohyaKey, SettingGroup group, string meaning, Func<TrainingConfig, bool> read, Func<TrainingConfig, bool, TrainingConfig> write)
    : TrainingSetting(name, kohyaKey, group, meaning)
{
    /// <inheritdoc/>
    public override string? ValueName => null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Choices { get; } = ["true", "false"];

    /// <inheritdoc/>
    protected override string Rule => "true or false";

    /// <inheritdoc/>
    public override string Read(TrainingConfig config) => read(config) ? "true" : "false";

    /// <inheritdoc/>
    protected override TrainingConfig? Parse(TrainingConfig config, string text) => bool.TryParse(text, out var value) ? write(config, value) : null;

    /// <inheritdoc/>
    protected override bool IsAllowed(TrainingConfig config) => true;
}
