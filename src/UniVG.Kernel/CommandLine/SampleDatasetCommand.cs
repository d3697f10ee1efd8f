using System.CommandLine;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg sample-dataset</c>: draws the repository's sample data set anew.</summary>
internal static class SampleDatasetCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "where to put 10_modality", DefaultValueFactory = _ => "datasets-sample" };
        var command = new Command("sample-dataset", "Draws the sample data set anew, byte for byte: 24 images that univg-tiny was not trained on.") { folder };
        command.SetAction(arguments =>
        {
            SampleDataset.Write(arguments.GetValue(folder)!);
            Console.WriteLine($"Wrote {SampleDataset.Pictures.Count} images to {Path.Combine(arguments.GetValue(folder)!, "10_modality")}.");
        });
        return command;
    }
}
