namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// A checkpoint that cannot be read, does not fit, or cannot be written; the message names the file and, where there is one, the key.
/// </summary>
public sealed class CheckpointException : UniVGException
{
    /// <summary>Creates the exception with its one sentence, which should already name the file.</summary>
    public CheckpointException(string message, string? path = null, string? key = null, Exception? innerException = null)
        : base(message, innerException!)
    {
        Path = path;
        Key = key;
    }

    /// <summary>The file or folder at fault, where one is known.</summary>
    public string? Path { get; }

    /// <summary>The tensor (or archive entry) at fault, where there is one.</summary>
    public string? Key { get; }
}
