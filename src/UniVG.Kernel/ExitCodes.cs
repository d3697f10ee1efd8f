namespace UniVG.Kernel;

/// <summary>What the program's exit codes mean.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A cell failed, or what was asked for could not be done.</summary>
    public const int Failed = 1;

    /// <summary>The command line was wrong; nothing ran.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C, as shells report it (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
