namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>Stands in for the host's delegate.</summary>
public delegate bool FormatDelegate<in T>(T value, FormatContext context);
