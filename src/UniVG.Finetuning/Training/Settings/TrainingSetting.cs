using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.Settings;

/// <summary>
/// One named value of a <see cref="TrainingConfig"/>: its text form, what is allowed, and whether it may change between steps. The
/// table <see cref="TrainingSettings"/> feeds the options of commands, <c>set</c> and <c>fork</c>, checks, help and completion.
/// </summary>
/// <param name="name">The name on a command line, without dashes in front: <c>min-snr-gamma</c>.</param>
/// <param name="kohyaKey">kohya's name: <c>min_snr_gamma</c>.</param>
/// <param name="group">What it is about.</param>
/// <param name="meaning">A few words for help, default included.</param>
public abstract class TrainingSetting(string name, string kohyaKey, SettingGroup group, string meaning)
{
    /// <summary>The name on a command line, without dashes in front.</summary>
    public string Name => name;

    /// <summary>kohya's name, as its TOML files use it.</summary>
    public string KohyaKey => kohyaKey;

    /// <summary>What it is about.</summary>
    public SettingGroup Group => group;

    /// <summary>A few words for help, default included.</summary>
    public string Meaning => meaning;

    /// <summary>Why it cannot change between steps; null where it can.</summary>
    public string? WhyFixed { get; init; }

    /// <summary>What a value looks like in help, such as <c>N</c>; null for a switch that is there or not.</summary>
    public abstract string? ValueName { get; }

    /// <summary>All possible values where they are few words; else none.</summary>
    public virtual IReadOnlyList<string> Choices => [];

    /// <summary>Whether its value is any text, which may hold commas.</summary>
    public virtual bool IsText => false;

    /// <summary>The value as text that <see cref="Write"/> reads.</summary>
    public abstract string Read(TrainingConfig config);

    /// <summary>The configuration with another value.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="text">The value.</param>
    /// <exception cref="UniVGException">The text is no such value; the message says what is allowed.</exception>
    public TrainingConfig Write(TrainingConfig config, string text)
    {
        var changed = Parse(config, text.Trim()) ?? throw new UniVGException($"--{Name} is '{text}'; it must be {Rule}{Hint(text)}.");
        return Problem(changed) is { } problem ? throw new UniVGException(problem) : changed;
    }

    /// <summary>What is impossible about a configuration's value; null for nothing.</summary>
    public string? Problem(TrainingConfig config) => IsAllowed(config) ? null : $"--{Name} is {Read(config)}; it must be {Rule}.";

    /// <summary>What is allowed, after "it must be".</summary>
    protected abstract string Rule { get; }

    /// <summary>The configuration with the value of a text; null where the text is none.</summary>
    protected abstract TrainingConfig? Parse(TrainingConfig config, string text);

    /// <summary>Whether a configuration's value is allowed.</summary>
    protected abstract bool IsAllowed(TrainingConfig config);

    private string Hint(string text) => NearestMatch.Hint(text, Choices);
}
