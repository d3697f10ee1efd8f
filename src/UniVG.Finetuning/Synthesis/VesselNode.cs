using System.Numerics;

namespace UniVG.Finetuning.Synthesis;

/// <summary>One point of a vessel tree and the segment that leads to it.</summary>
/// <param name="Parent">Index of the node upstream, always smaller than the node's own index; −1 for a root.</param>
/// <param name="Position">Position in canvas units, x to the right, y down.</param>
/// <param name="Radius">Radius in canvas units of the segment from the parent to this node.</param>
public readonly record struct VesselNode(int Parent, Vector2 Position, float Radius);
