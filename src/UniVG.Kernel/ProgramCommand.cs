namespace UniVG.Kernel;

/// <summary>How this program is started again.</summary>
internal static class ProgramCommand
{
    /// <summary>The program as it was started: its own executable, or its assembly given to dotnet.</summary>
    public static IReadOnlyList<string> Parts
    {
        get
        {
            var program = Environment.ProcessPath ?? "dotnet";
            var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
            return isHost ? [program, Path.Combine(AppContext.BaseDirectory, "univg.dll")] : [program];
        }
    }
}
