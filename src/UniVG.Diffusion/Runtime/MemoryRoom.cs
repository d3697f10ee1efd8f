namespace UniVG.Diffusion.Runtime;

/// <summary>How much memory a machine or a group of processes has, and how much of it can still be had, in bytes.</summary>
internal readonly record struct MemoryRoom(long Total, long Available)
{
    /// <summary>What is left where both bound a process.</summary>
    public MemoryRoom Within(MemoryRoom other) => new(Math.Min(Total, other.Total), Math.Min(Available, other.Available));
}
