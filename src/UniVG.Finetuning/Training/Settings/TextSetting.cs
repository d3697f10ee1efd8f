namespace UniVG.Finetuning.Training.Settings;

/// <summary>Free text.</summary>
/// <param name="name">As in the base class.</param>
/// <param name="kohyaKey">As in the base class.</param>
/// <param name="group">As in the base class.</param>
/// <param name="meaning">As in the base class.</param>
/// <param name="read">Gives the value.</param>
/// <param name="write">Sets the value.</param>
internal sealed class TextSetting(
    string name, string kohyaKey, SettingGroup group, string meaning, Func<TrainingConfig, string> read, Func<TrainingConfig, string, TrainingConfig> write)
    : TrainingSetting(name, kohyaKey, group, meaning)
{
    /// <inheritdoc/>
    public override bool IsText => true;

    /// <inheritdoc/>
    public override string ValueName => "TEXT";

    /// <inheritdoc/>
    protected override string Rule => "text";

    /// <inheritdoc/>
    public override string Read(TrainingConfig config) => read(config);

    /// <inheritdoc/>
    protected override TrainingConfig? Parse(TrainingConfig config, string text) => write(config, text);

    /// <inheritdoc/>
    protected override bool IsAllowed(TrainingConfig config) => true;
}
