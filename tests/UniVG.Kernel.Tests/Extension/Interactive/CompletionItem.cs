namespace Microsoft.DotNet.Interactive.Events;

/// <summary>Stands in for the host's class.</summary>
public sealed class CompletionItem(
    string displayText, string kind, string? filterText = null, string? sortText = null, string? insertText = null, string? documentation = null)
{
    public string DisplayText => displayText;

    public string Kind => kind;

    public string? FilterText => filterText;

    public string? SortText => sortText;

    public string InsertText => insertText ?? displayText;

    public string? Documentation => documentation;
}
