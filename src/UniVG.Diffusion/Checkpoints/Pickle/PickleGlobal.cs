namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>A Python class or function that a pickle names. It is never looked up, only compared with the few that are understood.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
