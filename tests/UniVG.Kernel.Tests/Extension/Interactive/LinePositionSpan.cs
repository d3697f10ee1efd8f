namespace Microsoft.DotNet.Interactive;

/// <summary>Stands in for the host's record.</summary>
public sealed record LinePositionSpan(LinePosition Start, LinePosition End);
