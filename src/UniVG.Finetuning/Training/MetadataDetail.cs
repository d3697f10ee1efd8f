namespace UniVG.Finetuning.Training;

/// <summary>How much an adapter file tells of the images it was made from.</summary>
public enum MetadataDetail
{
    /// <summary>Trigger words and counts: no folder names, no words of captions. The images are often medical.</summary>
    Standard,

    /// <summary>All that kohya writes: names of the image folders, and every tag of the captions with its count.</summary>
    Full,
}
