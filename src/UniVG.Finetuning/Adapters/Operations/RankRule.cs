namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>How many singular values a layer's LoRA keeps, at most the dim; the rules of kohya's resize script.</summary>
public enum RankRule
{
    /// <summary>As many as the dim.</summary>
    Fixed,

    /// <summary>Those above the largest divided by the rule's value.</summary>
    Ratio,

    /// <summary>As many as their share of the sum of all reaches the rule's value.</summary>
    Cumulative,

    /// <summary>As many as their share of the Frobenius norm of ΔW reaches the rule's value.</summary>
    Frobenius,
}
