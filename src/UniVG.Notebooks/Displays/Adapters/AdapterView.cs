using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Adapters;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Adapters;

/// <summary>Shows what an adapter is: method, ranks, targets, how it was trained, and a heat map of how much it changes where.</summary>
public static class AdapterView
{
    private const int BlocksInText = 6;
    private const int MetadataShown = 80;
    private const int LongestValue = 120;

    // The facts of a training that people look for, by kohya's entries.
    private static readonly (string Name, string Key)[] TrainingFacts =
    [
        ("output name", "ss_output_name"), ("base model", "ss_sd_model_name"), ("steps", "ss_steps"), ("epochs", "ss_epoch"), ("images", "ss_num_train_images"),
        ("batch", "ss_total_batch_size"), ("resolution", "ss_resolution"), ("UNet lr", "ss_unet_lr"), ("text lr", "ss_text_encoder_lr"),
        ("schedule", "ss_lr_scheduler"), ("optimizer", "ss_optimizer"), ("clip skip", "ss_clip_skip"), ("seed", "ss_seed"), ("comment", "ss_training_comment"),
    ];

    /// <summary>Shows a summary.</summary>
    public static MimeBundle Create(AdapterSummary summary)
    {
        var card = CardOf(summary);
        if (summary.Norms.Count == 0) return card.ToBundle();
        var map = new NormMap(summary.Norms);
        var png = NormMapPicture.Draw(map);
        var metadata = Metadata(summary);
        var text = string.Join("\n\n", new[] { card.ToText(), MapText(map), metadata?.ToText() }.OfType<string>());
        return new MimeBundle(text).WithHtml(Style.Wrap(card.ToHtml() + MapHtml(map, png) + metadata?.ToHtml())).WithPng(png);
    }

    private static Card CardOf(AdapterSummary summary) => new(summary.Path is { } path ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) : AdapterCard.Title(summary.Config))
    {
        Facts =
        [
            new("method", MethodOf(summary.Config)),
            new("dims", string.Join(", ", summary.Sizes.Take(6).Select(s => FormattableString.Invariant($"{s.Dim} (alpha {s.Alpha:0.####}) in {s.Modules} layers"))) + (summary.Sizes.Count > 6 ? ", …" : "")),
            new("targets", FormattableString.Invariant($"{summary.UNetModules} UNet and {summary.TextEncoderModules} text encoder layers ({AdapterCard.Targets(summary.Config)})")),
            new("parameters", FormattableString.Invariant($"{summary.ParameterCount:N0}")),
            .. summary.Precision is { } precision ? [new("file", $"{summary.Naming} names, {precision}")] : Array.Empty<KeyValuePair<string, string>>(),
            .. summary.TriggerWords.Count > 0 ? [new("trigger words", string.Join(", ", summary.TriggerWords))] : Array.Empty<KeyValuePair<string, string>>(),
            .. TrainingFacts.Where(fact => summary.Metadata.GetValueOrDefault(fact.Key) is { Length: > 0 } and not "None")
                .Select(fact => KeyValuePair.Create(fact.Name, Told(fact.Key, summary.Metadata[fact.Key]))),
        ],
        Warnings = summary.Foreign is { } foreign ? [$"The file seems to be made for {foreign}; it does not fit Stable Diffusion 1.x models."] : [],
        Notes = summary.Config.WeightDecompose ? ["The heat map shows the low-rank part of the DoRA; what its magnitudes do depends on the model."] : [],
    };

    private static string MethodOf(AdapterConfig config) =>
        KnownAdapters.Of(config.Kind).Title + (config.Tucker ? ", Tucker form" : "") + (config.WeightDecompose ? ", weight-decomposed (DoRA)" : "");

    private static string MapHtml(NormMap map, byte[] png)
    {
        var (width, height) = NormMapPicture.SizeOf(map);
        return $"""
            <p class="univg-title">Change by block: ‖ΔW‖</p>
            <div class="univg-scroll"><img src="data:image/png;base64,{Convert.ToBase64String(png)}" width="{width}" height="{height}" alt="{Style.Encode(Largest(map))}" /></div>

            """;
    }

    private static string MapText(NormMap map) => $"Change by block: {Largest(map)}";

    private static string Largest(NormMap map)
    {
        var blocks = map.Columns.Select(column => (column, Norm: map.OfBlock(column))).OrderByDescending(block => block.Norm).Take(BlocksInText);
        return $"‖ΔW‖ is largest in {string.Join(", ", blocks.Select(block => $"{block.column} ({DisplayFormat.Norm(block.Norm)})"))}";
    }

    private static Table? Metadata(AdapterSummary summary) => summary.Metadata.Count == 0 ? null : new Table(
        [new("metadata"), new("value")],
        [.. summary.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal).Take(MetadataShown).Select(m => new[] { m.Key, Short(m.Value) })]);

    // Trainers write rates as Python does, 1e-05.
    private static string Told(string key, string value) =>
        key.EndsWith("_lr", StringComparison.Ordinal) && double.TryParse(value, CultureInfo.InvariantCulture, out var rate) ? NumberText.Exact(rate) : Short(value);

    private static string Short(string value) => value.Length <= LongestValue ? value : value[..LongestValue] + " …";
}
