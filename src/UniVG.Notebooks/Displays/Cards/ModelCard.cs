using UniVG.Diffusion;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows a model.</summary>
public static class ModelCard
{
    /// <summary>Name, sizes, device, schedule, and what to beware of.</summary>
    public static Card Of(LoadedModel model)
    {
        var card = Of(model.Pipeline);
        return card with
        {
            Title = $"Model {model.Name}",
            Facts = [new("from", model.Path == ModelLoader.TinyFolder ? "embedded in UniVG" : model.Path), .. card.Facts],
            Warnings = model.Warnings,
            Notes = model.IgnoredKeys.Count == 0
                ? card.Notes
                : [FormattableString.Invariant($"{model.IgnoredKeys.Count} keys that no model needs were ignored, such as {model.IgnoredKeys[0]}.")],
        };
    }

    /// <summary>Sizes, device and schedule of a model wherever it came from.</summary>
    public static Card Of(StableDiffusion pipeline) => pipeline.IsDisposed ? new("Stable Diffusion model") { Notes = ["It was disposed, so its weights are gone."] } : new("Stable Diffusion model")
    {
        Facts =
        [
            new("parameters", FormattableString.Invariant(
                $"UNet {pipeline.UNet.Weights.ParameterCount:N0}, text encoder {pipeline.TextEncoder.Weights.ParameterCount:N0}, VAE {pipeline.Vae.Weights.ParameterCount:N0}")),
            new("pictures", FormattableString.Invariant($"{pipeline.DefaultSize} × {pipeline.DefaultSize} pixels")),
            new("computes on", $"{pipeline.Device}, {ComputePlace.NameOf(pipeline.UNet.Weights.DType)}"),
            new("noise schedule", pipeline.Schedule.ToString()),
        ],
    };
}
