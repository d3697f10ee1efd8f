namespace UniVG.Notebooks.Hosting;

/// <summary>What a completion stands for; clients show an icon or a word for it.</summary>
public enum CompletionKind
{
    /// <summary>A verb, such as <c>train</c>.</summary>
    Command,

    /// <summary>An option, such as <c>--steps</c>.</summary>
    Option,

    /// <summary>A value of an option or argument.</summary>
    Value,

    /// <summary>A file.</summary>
    File,

    /// <summary>A folder; its text ends in a slash, as more may follow.</summary>
    Folder,
}
