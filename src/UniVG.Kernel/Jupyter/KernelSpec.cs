using System.Text.Json;
using System.Text.Json.Nodes;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Jupyter;

/// <summary>The file by which Jupyter finds this kernel: <c>share/jupyter/kernels/NAME/kernel.json</c>.</summary>
internal static class KernelSpec
{
    private static readonly JsonSerializerOptions Style = new(MimeJson.Relaxed) { WriteIndented = true };

    /// <summary>The current user's Jupyter data folder.</summary>
    public static string UserFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } chosen) return chosen;
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
            }

            if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
            return Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
                ? Path.Combine(data, "jupyter")
                : Path.Combine(home, ".local", "share", "jupyter");
        }
    }

    /// <summary>The Jupyter data folder below an installation prefix such as <c>/usr/local</c>.</summary>
    public static string PrefixFolder(string prefix) => Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");

    /// <summary>Writes the file.</summary>
    /// <param name="dataFolder">A Jupyter data folder.</param>
    /// <param name="name">The kernel's name, as <c>--kernel</c> options take it.</param>
    /// <param name="interruptMode"><c>message</c>, or <c>signal</c> for clients that can only send signals.</param>
    /// <returns>The kernel's folder.</returns>
    /// <exception cref="UniVGException">The folder cannot be written.</exception>
    public static string Install(string dataFolder, string name, string interruptMode)
    {
        var folder = FolderOf(dataFolder, name);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "kernel.json"), Content(interruptMode).ToJsonString(Style) + "\n");
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The kernel cannot be installed in '{folder}' ({e.Message}); choose another place with --prefix.", e);
        }
    }

    /// <summary>Removes the kernel's folder.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="UniVGException">The kernel is not installed there, or the folder cannot be removed.</exception>
    public static string Uninstall(string dataFolder, string name)
    {
        var folder = FolderOf(dataFolder, name);
        if (!File.Exists(Path.Combine(folder, "kernel.json")))
        {
            throw new UniVGException($"There is no kernel '{name}' in '{Path.GetDirectoryName(folder)}'.");
        }

        try
        {
            Directory.Delete(folder, recursive: true);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The kernel's folder '{folder}' cannot be removed: {e.Message}", e);
        }
    }

    private static string FolderOf(string dataFolder, string name) => Path.Combine(dataFolder, "kernels", name);

    private static JsonObject Content(string interruptMode) => new()
    {
        ["argv"] = new JsonArray([.. ProgramCommand.Parts.Select(part => (JsonNode)part), "kernel", "{connection_file}"]),
        ["display_name"] = KernelIdentity.DisplayName,
        ["language"] = KernelIdentity.Language,
        ["interrupt_mode"] = interruptMode,
        ["metadata"] = new JsonObject { ["debugger"] = false },
        ["env"] = Variables(),
    };

    private static JsonObject Variables()
    {
        var variables = new JsonObject { [LargePages.StartVariable.Key] = LargePages.StartVariable.Value };

        // Jupyter may run where .NET is not on the PATH.
        if (DotnetInstallation.Root is { } root) variables["DOTNET_ROOT"] = root;
        return variables;
    }
}
