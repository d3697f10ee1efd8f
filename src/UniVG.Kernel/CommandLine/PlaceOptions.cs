using System.CommandLine;
using System.CommandLine.Parsing;
using UniVG.Kernel.Jupyter;

namespace UniVG.Kernel.CommandLine;

/// <summary>The options that say where a kernel is installed.</summary>
internal sealed class PlaceOptions
{
    public Option<bool> User { get; } = new("--user") { Description = "For the current user (the default)." };

    public Option<string> Prefix { get; } = new("--prefix")
    {
        Description = "Below PREFIX/share/jupyter, such as /usr/local or a virtual environment.",
        HelpName = "PREFIX",
    };

    public Option<string> Name { get; } = new("--name")
    {
        Description = "The kernel's name.",
        DefaultValueFactory = _ => KernelIdentity.Name,
        HelpName = "NAME",
    };

    public string FolderOf(ParseResult parsed) =>
        parsed.GetValue(Prefix) is { } prefix ? KernelSpec.PrefixFolder(prefix) : KernelSpec.UserFolder;

    public void Validate(CommandResult result)
    {
        if (result.GetValue(User) && result.GetValue(Prefix) is not null) result.AddError("--user and --prefix exclude each other.");
        var name = result.GetValue(Name) ?? KernelIdentity.Name; // defaults are not applied yet
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            result.AddError($"--name '{name}': Jupyter wants letters, digits, '-', '.' and '_'.");
        }
    }
}
