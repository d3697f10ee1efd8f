namespace UniVG.Finetuning.Training.Settings;

/// <summary>What a setting is about; help lists settings by these.</summary>
public enum SettingGroup
{
    /// <summary>How long, and how many images at a time.</summary>
    Plan,

    /// <summary>Learning rates, their course, and the optimizer.</summary>
    Rates,

    /// <summary>What is minimised.</summary>
    Loss,

    /// <summary>Noise and timesteps.</summary>
    Noise,

    /// <summary>Captions, memory, chance.</summary>
    Model,

    /// <summary>What is looked at while training.</summary>
    Watching,
}
