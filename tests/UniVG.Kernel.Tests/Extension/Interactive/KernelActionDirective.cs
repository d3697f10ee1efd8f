namespace Microsoft.DotNet.Interactive.Directives;

/// <summary>Stands in for the host's class.</summary>
public sealed class KernelActionDirective(string name, string? description = null)
{
    public string Name => name;

    public string? Description { get; set; } = description;

    public ICollection<KernelActionDirective> Subcommands { get; } = [];
}
