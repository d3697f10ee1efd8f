using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Configuration;

/// <summary>One line of the table between SD-Trainer's configuration files and ours.</summary>
/// <param name="Name">The key, as kohya's trainer names it.</param>
/// <param name="Read">Puts the key's value into a definition.</param>
/// <param name="Write">Gives the value to write (text, bool, a number, or texts); null leaves the key out.</param>
internal sealed record ConfigKey(string Name, Func<ConfigValue, RunDefinition, RunDefinition> Read, Func<RunDefinition, object?> Write)
{
    /// <summary>A key that is read and never written, as another says the same.</summary>
    public ConfigKey(string name, Func<ConfigValue, RunDefinition, RunDefinition> read)
        : this(name, read, _ => null)
    {
    }
}
