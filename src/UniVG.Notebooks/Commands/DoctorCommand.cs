using System.CommandLine;
using UniVG.Notebooks.Diagnostics;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg doctor</c>: what decides whether training will work on this machine.</summary>
public sealed class DoctorCommand() : UniVGCommand("doctor", "Checks this machine: libtorch, CUDA, memory, disk, versions.")
{
    /// <inheritdoc/>
    public override string Example => "#!univg doctor";

    /// <inheritdoc/>
    public override string CSharp => "UniVG.Notebooks.Diagnostics.Doctor.Examine(\"notebook\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        context.Host.Display(Doctor.Examine(context.Host.Name).ToBundle());
        return Task.CompletedTask;
    }
}
