namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>How vessels stand out.</summary>
public enum VesselPolarity
{
    /// <summary>Darker than what surrounds them, as in fundus photographs and angiograms.</summary>
    Dark,

    /// <summary>Brighter than what surrounds them, as in OCT angiography.</summary>
    Bright,
}
