using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data.Quality;

namespace UniVG.Finetuning.Data.Buckets;

/// <summary>A picture of a dataset, its caption and its bucket.</summary>
/// <param name="Path">The picture's file.</param>
/// <param name="Caption">Its caption as read, before the changes of <see cref="CaptionOptions"/>.</param>
/// <param name="Width">Width of the file's picture, upright, in pixels.</param>
/// <param name="Height">Height of the file's picture, upright, in pixels.</param>
/// <param name="Repeats">How often an epoch shows it.</param>
/// <param name="Choice">Its bucket and the way into it.</param>
public sealed record BucketedImage(string Path, string Caption, int Width, int Height, int Repeats, BucketChoice Choice)
{
    /// <summary>How its folder is read, its caption changed and its pixels augmented.</summary>
    public DatasetOptions Options { get; init; } = new();

    /// <summary>Whether it only reminds the model of what it knew; its loss counts by the prior loss weight.</summary>
    public bool IsRegularization { get; init; }

    /// <summary>Whether it has a caption file of its own; else its caption is the folder's trigger word.</summary>
    public bool HasCaptionFile { get; init; }

    /// <summary>The picture that says where its loss counts (white: fully, black: not at all); null for everywhere.</summary>
    public string? MaskPath { get; init; }

    /// <summary>SHA-256 of that file, lower-case hex; null without one.</summary>
    public string? MaskHash { get; init; }

    /// <summary>Which of the dataset's <see cref="FineTuningDataset.Parts"/> it belongs to; batches do not mix them.</summary>
    public int Part { get; init; }

    /// <summary>SHA-256 of the file, lower-case hex; empty where it was not read from a file.</summary>
    public string ContentHash { get; init; } = "";

    /// <summary>What its pixels say about it; null where it was not read from a file.</summary>
    public ImageStatistics? Statistics { get; init; }

    /// <summary>The window through which its deep grey values are shown; null for pictures of 8 bits.</summary>
    public GrayWindow? Window { get; init; }

    /// <summary>How many pages its file has; the first is used.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>Whether its latents are the same each time, so that they can be encoded once.</summary>
    public bool IsCacheable => !Options.ColorAugmentation && !Options.RandomCrop;
}
