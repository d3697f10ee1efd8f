using System.CommandLine;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg synth</c>: writes a dataset folder of generated vessel images.</summary>
internal static class SynthCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "where to write, such as dataset/10_modality" };
        var modality = new Option<string>("--modality")
        {
            Description = string.Join(", ", KnownModalities.All.Select(m => m.Name)),
            DefaultValueFactory = _ => KnownModalities.HeldBack.Name,
        };
        var count = new Option<int>("--count") { Description = "number of images", DefaultValueFactory = _ => 24 };
        var seed = new Option<int>("--seed") { Description = "number of the first image", DefaultValueFactory = _ => 1 };
        var size = new Option<int>("--size") { Description = "pixels on a side", DefaultValueFactory = _ => 256 };
        var command = new Command("synth", "Draws vessel images, one file each, the same for the same seed.") { folder, modality, count, seed, size };
        command.SetAction(arguments =>
        {
            VesselSynthesizer.WriteDataset(
                arguments.GetValue(folder)!, arguments.GetValue(modality)!, arguments.GetValue(count), arguments.GetValue(seed), arguments.GetValue(size));
            Console.WriteLine($"Wrote {arguments.GetValue(count)} images of {arguments.GetValue(modality)} to {arguments.GetValue(folder)}.");
        });
        return command;
    }
}
