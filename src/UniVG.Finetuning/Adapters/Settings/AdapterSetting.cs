namespace UniVG.Finetuning.Adapters.Settings;

/// <summary>One value of an <see cref="AdapterConfig"/> as text: for tables, and for whoever tries several.</summary>
/// <param name="name">The name on a command line, without dashes in front.</param>
/// <param name="meaning">A few words for help.</param>
/// <param name="read">Gives the value.</param>
/// <param name="write">Gives the configuration with another value; null where the text is none.</param>
public sealed class AdapterSetting(string name, string meaning, Func<AdapterConfig, string> read, Func<AdapterConfig, string, AdapterConfig?> write)
{
    /// <summary>The name on a command line, without dashes in front.</summary>
    public string Name => name;

    /// <summary>A few words for help.</summary>
    public string Meaning => meaning;

    /// <summary>The value as text that <see cref="Write"/> reads.</summary>
    public string Read(AdapterConfig config) => read(config);

    /// <summary>The configuration with another value.</summary>
    /// <exception cref="Diffusion.UniVGException">The text is no such value, or an impossible one.</exception>
    public AdapterConfig Write(AdapterConfig config, string text)
    {
        var changed = write(config, text.Trim()) ?? throw new Diffusion.UniVGException($"--{name} is '{text}'; it must be {meaning}.");
        changed.Validate();
        return changed;
    }
}
