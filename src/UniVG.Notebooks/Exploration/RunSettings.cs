using UniVG.Finetuning.Adapters.Settings;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;

namespace UniVG.Notebooks.Exploration;

/// <summary>The settings of runs by name, to find what tells runs apart.</summary>
public static class RunSettings
{
    /// <summary>The settings whose values are not the same in all runs, with the value of each run; "" where a run has none.</summary>
    public static IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Differing(IReadOnlyList<RunDefinition> runs)
    {
        var values = runs.Select(Of).ToList();
        return
        [
            .. values.SelectMany(run => run.Keys).Distinct()
                .Select(name => KeyValuePair.Create<string, IReadOnlyList<string>>(name, [.. values.Select(run => run.GetValueOrDefault(name, ""))]))
                .Where(setting => setting.Value.Distinct().Count() > 1),
        ];
    }

    private static OrderedDictionary<string, string> Of(RunDefinition run)
    {
        var values = new OrderedDictionary<string, string>
        {
            ["model"] = run.ModelPath is { } model ? Path.GetFileName(model) : "",
            ["dataset"] = run.DatasetPath ?? "",
        };
        if (run.Adapter is { } adapter)
            foreach (var setting in AdapterSettings.All) values[setting.Name] = setting.Read(adapter);
        foreach (var setting in TrainingSettings.All.Where(s => s.Group != SettingGroup.Watching)) values[setting.Name] = setting.Read(run.Training);
        if (run.Beside.Count > 0) values["beside"] = string.Join(", ", run.Beside.Select(beside => FormattableString.Invariant($"{Path.GetFileName(beside.Path)} × {beside.Scale}")));
        return values;
    }
}
