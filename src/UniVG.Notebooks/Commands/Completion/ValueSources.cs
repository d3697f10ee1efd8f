using System.Globalization;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Training.Settings;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Runs;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>Where the values of options and arguments come from.</summary>
internal static class ValueSources
{
    /// <summary>The names of detached runs in the default output folder, newest first, then folders.</summary>
    public static ValueSource Runs { get; } = (typed, session) =>
    [
        .. RunFolder.AllIn(InputPath.Find(AdapterOutput.DefaultFolder)).Select(run => new ValueSuggestion(run.Name, "a detached run")),
        .. PathSource.Folders(typed, session),
    ];

    /// <summary>The names of the runs of the session and of the default output folder, then folders and adapter files.</summary>
    public static ValueSource NamedRuns { get; } = (typed, session) =>
    [
        .. RunCatalog.Of(session).Names.Select(name => new ValueSuggestion(name, "a run")),
        .. PathSource.Files(AdapterOutput.Extension)(typed, session),
    ];

    /// <summary>The names of the runs that have a state, the states in the default output folder, newest first, then folders.</summary>
    public static ValueSource States { get; } = (typed, session) =>
    {
        var output = InputPath.Find(AdapterOutput.DefaultFolder);
        return
        [
            .. RunCatalog.Of(session).Resumable.Select(name => new ValueSuggestion(name, "a run, from its newest state")),
            .. (Directory.Exists(output) ? StateSearch.Candidates(output) : []).Select(
                path => new ValueSuggestion(Path.Combine(AdapterOutput.DefaultFolder, Path.GetFileName(path)), "a saved state of a run", CompletionKind.Folder)),
            .. PathSource.Folders(typed, session),
        ];
    };

    /// <summary>The names of the attached adapters.</summary>
    public static ValueSource Adapters { get; } = (_, session) => session.Adapters.Select(
        adapter => new ValueSuggestion(adapter.Name, string.Create(CultureInfo.InvariantCulture, $"attached, strength {adapter.Scale:0.##}")));

    /// <summary>The dataset's trigger words.</summary>
    public static ValueSource Prompts { get; } = (_, session) => (session.Dataset?.Concepts ?? [])
        .Where(concept => concept.Trigger.Length > 0)
        .Select(concept => new ValueSuggestion(concept.Trigger, "trigger word of the dataset"));

    /// <summary>The CPU and the GPUs that the driver reports.</summary>
    public static ValueSource Devices { get; } = (_, _) =>
    [
        new("auto", "a GPU where there is one"),
        new("cpu"),
        new("cuda", "the first GPU"),
        .. CudaDriver.Query().Devices.Select((device, i) => new ValueSuggestion(string.Create(CultureInfo.InvariantCulture, $"cuda:{i}"), device.Name)),
    ];

    /// <summary>A few words with their meanings.</summary>
    public static ValueSource Words(params ValueSuggestion[] words) => (_, _) => words;

    /// <summary>A few words.</summary>
    public static ValueSource Words(IEnumerable<string> words) => Words([.. words.Select(word => new ValueSuggestion(word))]);

    /// <summary><c>name=</c> for the settings that may change between steps, or <c>name=value</c> where a setting has few values.</summary>
    public static ValueSource ChangedSettings { get; } = (typed, _) =>
    {
        var settings = TrainingSettings.Changeable.ToList();
        return settings.Find(setting => setting.Choices.Count > 0 && typed.StartsWith(setting.Name + "=", StringComparison.OrdinalIgnoreCase)) is { } chosen
            ? chosen.Choices.Select(choice => new ValueSuggestion($"{chosen.Name}={choice}"))
            : settings.Select(setting => new ValueSuggestion(setting.Name + "=", setting.Meaning));
    };
}
