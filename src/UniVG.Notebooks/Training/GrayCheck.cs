using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Quality;

namespace UniVG.Notebooks.Training;

/// <summary>Notices when a model that learned from grey images draws coloured ones.</summary>
internal static class GrayCheck
{
    // A VAE tints grey a little: below this nobody sees colour.
    private const double MaxChroma = 8;

    /// <summary>A sentence where the dataset is grey and the samples are not; else null.</summary>
    public static string? Note(FineTuningDataset? dataset, IEnumerable<RgbImage> samples)
    {
        if (dataset is not { IsGray: true }) return null;
        var chroma = samples.Average(image => ImageStatistics.Of(image).MeanChroma);
        return chroma <= MaxChroma ? null : FormattableString.Invariant(
            $"The images are grey, but these samples are coloured (mean colour {chroma:0} of 255, {MaxChroma:0} is hardly seen); more steps, or 'monochrome' in the prompt, may help.");
    }
}
