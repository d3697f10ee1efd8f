using System.CommandLine;
using UniVG.Finetuning.Pretraining;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg pretrain-tiny</c>: makes the embedded model anew.</summary>
internal static class PretrainTinyCommand
{
    public static Command Create()
    {
        var defaults = new PretrainingConfig();
        var folder = new Option<string>("--output") { Description = "the diffusers folder to write", DefaultValueFactory = _ => "univg-tiny" };
        var seed = new Option<int>("--seed") { Description = "seeds everything", DefaultValueFactory = _ => defaults.Seed };
        var images = new Option<int>("--images") { Description = "images drawn of each modality", DefaultValueFactory = _ => defaults.ImagesPerModality };
        var vae = new Option<string?>("--vae") { Description = "a folder with the VAE of an earlier run, to take instead of training one" };
        var vaeSteps = new Option<int>("--vae-steps") { Description = "steps of the VAE", DefaultValueFactory = _ => defaults.VaeSteps };
        var steps = new Option<int>("--steps") { Description = "steps of UNet and text encoder", DefaultValueFactory = _ => defaults.DenoiserSteps };
        var command = new Command("pretrain-tiny", "Trains univg-tiny, the embedded model, from generated images; takes about an hour on two cores.")
        {
            folder, seed, images, vae, vaeSteps, steps,
        };
        foreach (var option in (Option<int>[])[images, vaeSteps, steps])
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < 1) result.AddError($"{option.Name} must be at least 1.");
            });
        }

        command.SetAction((arguments, cancellation) => Task.Run(
            () => new TinyModelPretraining(
                defaults with
                {
                    Seed = arguments.GetValue(seed),
                    ImagesPerModality = arguments.GetValue(images),
                    Vae = arguments.GetValue(vae),
                    VaeSteps = arguments.GetValue(vaeSteps),
                    DenoiserSteps = arguments.GetValue(steps),
                },
                Console.WriteLine).Run(arguments.GetValue(folder)!, cancellation),
            cancellation));
        return command;
    }
}
