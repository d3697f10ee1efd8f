using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Adapters.Settings;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>Turns what a sweep is asked for into its runs.</summary>
internal static class SweepPlan
{
    private const int MostRuns = 500;

    /// <summary>The runs, in the order in which they are trained.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="applied">The configuration that the session applied; null for the guide's.</param>
    /// <param name="model">The model that is trained.</param>
    /// <param name="cancellation">Looked at before each adapter that is tried out.</param>
    /// <exception cref="UniVGException">There is nothing to try, a name is not known, or a value is impossible with all others; nothing is trained then.</exception>
    public static IReadOnlyList<SweepRun> Of(SweepRequest request, RunDefinition? applied, LoadedModel model, CancellationToken cancellation)
    {
        var combinations = Combinations(request);
        if (combinations.Count == 0) throw new UniVGException("There is nothing to try; give a setting several values, such as --dim 4,8,16, or runs one by one, such as --run \"dim=4 lr=1e-3\".");
        var runs = combinations.Select(values => (Values: values, Configs: Configure(request, applied, values))).ToList();
        var faults = Faults([.. runs.Select(run => run.Configs)], model, cancellation);
        RequirePossible(combinations, faults);
        var canonical = runs.Select(run => run.Values.Keys.ToDictionary(name => name, name => ValueOf(name, run.Configs))).ToList();
        var names = runs.SelectMany(run => run.Values.Keys).Distinct().ToList();

        // 1e-4 and 0.0001 are one value.
        var differing = names.Where(name => canonical.Select(values => values.GetValueOrDefault(name)).Distinct().Count() > 1).ToList();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. runs.Select((run, i) => (run, Fault: faults[i], Key: string.Join('\n', canonical[i].OrderBy(pair => pair.Key, StringComparer.Ordinal)))).DistinctBy(run => run.Key)
                .Select(one => new SweepRun(
                    NameOf([.. Telling(differing, canonical).Where(one.run.Values.ContainsKey).Select(name => name + ValueOf(name, one.run.Configs))], taken),
                    [.. differing.Select(name => KeyValuePair.Create(name, ValueOf(name, one.run.Configs)))],
                    one.run.Configs.Adapter, one.run.Configs.Training)
                {
                    Fault = one.Fault,
                }),
        ];
    }

    private static List<string?> Faults(List<(AdapterConfig Adapter, TrainingConfig Training)> configs, LoadedModel model, CancellationToken cancellation)
    {
        var adapters = configs.Select(config => config.Adapter).Distinct().ToDictionary(adapter => adapter, adapter => FaultOf(() =>
        {
            cancellation.ThrowIfCancellationRequested();
            ModelParts.CreateAdapter(model, adapter, seed: 0).Dispose();
        }));
        return [.. configs.Select(config => FaultOf(() => config.Training.ValidateFor(model.Pipeline)) ?? adapters[config.Adapter])];
    }

    private static string? FaultOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (UniVGException e)
        {
            return e.Message;
        }
    }

    // A value that goes with none of the others is a mistake; one that does not go with some of them belongs to a grid.
    private static void RequirePossible(List<OrderedDictionary<string, string>> combinations, List<string?> faults)
    {
        var possible = combinations.Where((_, i) => faults[i] is null).SelectMany(values => values).ToHashSet();
        if (faults.Where((fault, i) => fault is not null && !combinations[i].All(possible.Contains)).FirstOrDefault() is { } mistake) throw new UniVGException(mistake);
    }

    private static List<OrderedDictionary<string, string>> Combinations(SweepRequest request)
    {
        List<OrderedDictionary<string, string>> combinations = request.Runs.Count > 0 ? [.. request.Runs.Select(Parse)] : request.Grid.Count > 0 ? [[]] : [];
        foreach (var axis in request.Grid)
        {
            if (axis.Values.Count == 0) throw new UniVGException($"The setting '{axis.Name}' has no value to try.");
            if (combinations.Count * axis.Values.Count > MostRuns) throw new UniVGException($"These are more than {MostRuns} runs; try fewer values at a time.");
            combinations = [.. combinations.SelectMany(_ => axis.Values, (combination, value) => With(combination, axis.Name, value))];
        }

        return combinations;
    }

    private static OrderedDictionary<string, string> Parse(string run)
    {
        var values = new OrderedDictionary<string, string>();
        foreach (var word in run.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = word.Split('=', 2);
            if (parts.Length != 2) throw new UniVGException($"'{word}' in the run '{run}' is no NAME=VALUE; write it like lr=5e-5.");
            values = With(values, parts[0].TrimStart('-'), parts[1]);
        }

        return values.Count > 0 ? values : throw new UniVGException("A run of the list is empty; write it like \"dim=4 lr=1e-3\".");
    }

    private static OrderedDictionary<string, string> With(OrderedDictionary<string, string> values, string name, string value)
    {
        var changed = new OrderedDictionary<string, string>(values);
        if (!changed.TryAdd(name, value)) throw new UniVGException($"The setting '{name}' is given twice; give it once, with all of its values.");
        return changed;
    }

    private static (AdapterConfig Adapter, TrainingConfig Training) Configure(SweepRequest request, RunDefinition? applied, OrderedDictionary<string, string> values)
    {
        var adapter = request.Adapter ?? applied?.Adapter ?? new LoraConfig();

        // In the order of the list, as another kind brings sizes of its own.
        foreach (var setting in AdapterSettings.All)
            if (values.TryGetValue(setting.Name, out var text)) adapter = setting.Write(adapter, text);
        var own = AdapterSettings.All.Select(setting => setting.Name).ToHashSet();
        var others = values.Where(value => !own.Contains(value.Key)).ToList();
        foreach (var (name, _) in others) RequireKnown(name);
        var given = request.Training ?? applied?.Training;
        var training = TrainingSettings.Apply(given ?? TrainingConfig.For(adapter), others.Select(value => $"{value.Key}={value.Value}"));
        if (given is null) training = UsualRates.Fill(training, [.. others.Select(value => value.Key)]);
        return (adapter, training);
    }

    private static void RequireKnown(string name)
    {
        var known = TrainingSettings.All.Where(setting => setting.Group != SettingGroup.Watching).Select(setting => setting.Name).ToList();
        if (known.Contains(name)) return;
        throw new UniVGException(
            $"A sweep cannot vary '{name}'{NearestMatch.Hint(name, AdapterSettings.All.Select(setting => setting.Name).Concat(known))}; '#!univg help sweep' lists the settings.");
    }

    private static string ValueOf(string name, (AdapterConfig Adapter, TrainingConfig Training) configs) =>
        AdapterSettings.All.FirstOrDefault(setting => setting.Name == name)?.Read(configs.Adapter) ?? TrainingSettings.Find(name).Read(configs.Training);

    // Settings that follow from an earlier one, as an alpha of half the dim does, tell nothing more.
    private static IEnumerable<string> Telling(IReadOnlyList<string> names, IReadOnlyList<Dictionary<string, string>> runs) => names.Where((name, i) => !names.Take(i).Any(
        earlier => runs.GroupBy(run => run.GetValueOrDefault(earlier)).All(alike => alike.Select(run => run.GetValueOrDefault(name)).Distinct().Count() == 1)));

    private static string NameOf(IReadOnlyList<string> parts, HashSet<string> taken)
    {
        var stem = parts.Count == 0 ? "run" : string.Join('-', parts);
        stem = new string([.. stem.Take(100).Select(c => char.IsAsciiLetterOrDigit(c) || "+-._".Contains(c, StringComparison.Ordinal) ? c : '_')]);
        var free = stem;
        for (var i = 2; !taken.Add(free); i++) free = FormattableString.Invariant($"{stem}-{i}");
        return free;
    }
}
