using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.Settings;

/// <summary>A number, or nothing.</summary>
/// <param name="name">As in the base class.</param>
/// <param name="kohyaKey">As in the base class.</param>
/// <param name="group">As in the base class.</param>
/// <param name="meaning">As in the base class.</param>
/// <param name="read">Gives the value; null for nothing.</param>
/// <param name="write">Sets the value; null only where <see cref="None"/> has a word.</param>
internal sealed class NumberSetting(
    string name, string kohyaKey, SettingGroup group, string meaning,
    Func<TrainingConfig, double?> read, Func<TrainingConfig, double?, TrainingConfig> write)
    : TrainingSetting(name, kohyaKey, group, meaning)
{
    /// <summary>Whether only whole numbers are allowed.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The word for nothing, <c>off</c> or <c>auto</c>; null where there must be a number. As in kohya 0 turns off what must be above 0.</summary>
    public string? None { get; init; }

    /// <summary>The least value.</summary>
    public double Min { get; init; }

    /// <summary>Whether the least value itself is allowed.</summary>
    public bool IsMinAllowed { get; init; } = true;

    /// <summary>The greatest value.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <inheritdoc/>
    public override string ValueName => IsWhole ? "N" : "X";

    /// <inheritdoc/>
    public override string Read(TrainingConfig config) => (read(config) is { } value ? NumberText.Exact(value) : None) ?? "";

    /// <inheritdoc/>
    protected override string Rule =>
        (IsWhole ? "a whole number" : "a number") +
        (double.IsFinite(Min) ? $" {(IsMinAllowed ? "of at least" : "above")} {NumberText.Exact(Min)}" : "") +
        (double.IsFinite(Max) ? $" and at most {NumberText.Exact(Max)}" : "") + (None is null ? "" : $", or {None}");

    /// <inheritdoc/>
    protected override TrainingConfig? Parse(TrainingConfig config, string text)
    {
        if (None is not null && (text == None || text.Equals("none", StringComparison.OrdinalIgnoreCase))) return write(config, null);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return null;
        if (IsWhole && (value != Math.Floor(value) || Math.Abs(value) > int.MaxValue)) return null;
        return None is not null && value == 0 && !IsMinAllowed ? write(config, null) : write(config, value);
    }

    /// <inheritdoc/>
    protected override bool IsAllowed(TrainingConfig config) => read(config) is not { } value
        || (double.IsFinite(value) && (value > Min || (IsMinAllowed && value == Min)) && value <= Max);
}
