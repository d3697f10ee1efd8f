using System.CommandLine;
using UniVG.Kernel.Jupyter;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg install</c> and <c>univg uninstall</c>: whether Jupyter knows the kernel.</summary>
internal static class InstallCommand
{
    private const string InstallHelp =
        """
        Lets Jupyter and VS Code use this kernel, from where the program is now.

        Examples:
          univg install                       for the current user
          univg install --prefix /usr/local   for everybody on this machine
          univg install --prefix "$VIRTUAL_ENV"
        """;

    public static Command CreateInstall()
    {
        var place = new PlaceOptions();
        var mode = new Option<string>("--interrupt-mode")
        {
            Description = "How clients interrupt a cell.",
            DefaultValueFactory = _ => "message",
        };
        mode.AcceptOnlyFromAmong("message", "signal");
        var command = new Command("install", InstallHelp) { place.User, place.Prefix, place.Name, mode };
        command.Validators.Add(place.Validate);
        command.SetAction(parsed =>
        {
            var folder = KernelSpec.Install(place.FolderOf(parsed), parsed.GetValue(place.Name)!, parsed.GetValue(mode)!);
            Console.WriteLine($"Installed {KernelIdentity.DisplayName} in {folder}");
        });
        return command;
    }

    public static Command CreateUninstall()
    {
        var place = new PlaceOptions();
        var command = new Command("uninstall", "Makes Jupyter forget this kernel; the options are those of install.")
        {
            place.User, place.Prefix, place.Name,
        };
        command.Validators.Add(place.Validate);
        command.SetAction(parsed =>
            Console.WriteLine($"Removed {KernelSpec.Uninstall(place.FolderOf(parsed), parsed.GetValue(place.Name)!)}"));
        return command;
    }
}
