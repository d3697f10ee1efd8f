namespace UniVG.Finetuning.Synthesis;

/// <summary>A way of imaging vessels: how they grow there, and what a picture of them looks like.</summary>
public interface IModality
{
    /// <summary>The modality's words in captions and commands, such as "retinal fundus".</summary>
    string Name { get; }

    /// <summary>Grows vessels and draws the picture that shows them.</summary>
    /// <param name="style">How dense and how wide the vessels are.</param>
    /// <param name="size">Pixels on a side of the drawing.</param>
    /// <param name="random">Source of everything else; the same state gives the same drawing.</param>
    ModalityDrawing Draw(VesselStyle style, int size, SeededRandom random);
}
