namespace UniVG.Finetuning.Training.Settings;

/// <summary>One of a few words, in any case.</summary>
/// <param name="name">As in the base class.</param>
/// <param name="kohyaKey">As in the base class.</param>
/// <param name="group">As in the base class.</param>
/// <param name="meaning">As in the base class.</param>
/// <param name="choices">The words.</param>
/// <param name="read">Gives the value.</param>
/// <param name="write">Sets the value.</param>
internal sealed class ChoiceSetting(
    string name, string kohyaKey, SettingGroup group, string meaning, IReadOnlyList<string> choices,
    Func<TrainingConfig, string> read, Func<TrainingConfig, string, TrainingConfig> write)
    : TrainingSetting(name, kohyaKey, group, meaning)
{
    /// <inheritdoc/>
    public override string ValueName => string.Join('|', choices);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Choices => choices;

    /// <inheritdoc/>
    protected override string Rule => "one of " + string.Join(", ", choices);

    /// <inheritdoc/>
    public override string Read(TrainingConfig config) => read(config);

    /// <inheritdoc/>
    protected override TrainingConfig? Parse(TrainingConfig config, string text) =>
        choices.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } choice ? write(config, choice) : null;

    /// <inheritdoc/>
    protected override bool IsAllowed(TrainingConfig config) => choices.Contains(read(config));
}
