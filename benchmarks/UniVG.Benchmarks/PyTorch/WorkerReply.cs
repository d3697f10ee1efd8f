using System.Text.Json.Serialization;

namespace UniVG.Benchmarks.PyTorch;

/// <summary>What a worker says after a turn.</summary>
/// <param name="Value">A number to compare with ours: a loss, a mean.</param>
/// <param name="WallMs">How long the turn took.</param>
/// <param name="CpuMs">Processor time of all its threads.</param>
internal sealed record WorkerReply(
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("wall_ms")] double WallMs,
    [property: JsonPropertyName("cpu_ms")] double CpuMs);
