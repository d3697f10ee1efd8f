using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.CommandLine;

/// <summary>The commands of the <c>univg</c> program.</summary>
internal static class UniVGCommandLine
{
    private const string Help =
        """
        Fine-tunes Stable Diffusion 1.x models for vessel images from C# notebooks.

        Examples:
          univg run notebooks/01-lora.ipynb     execute a notebook here and now
          univg install                         let Jupyter and VS Code use the kernel
          univg doctor                          find out what is wrong with this machine
        """;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>An exit code.</returns>
    public static async Task<int> InvokeAsync(string[] args)
    {
        var parsed = Create().Parse(args);

        // Signals are each command's own business: a notebook that is interrupted is still written.
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync(configuration);
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (UniVGException e)
        {
            await ConsoleCapture.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static RootCommand Create() => new(Help)
    {
        RunCommand.Create(),
        KernelCommand.Create(),
        InstallCommand.CreateInstall(),
        InstallCommand.CreateUninstall(),
        DoctorCommand.Create(),
        AttachCommand.CreateAttach(),
        AttachCommand.CreateStop(),
        WorkCommand.Create(),
        SynthCommand.Create(),
        SampleDatasetCommand.Create(),
        PretrainTinyCommand.Create(),
    };
}
