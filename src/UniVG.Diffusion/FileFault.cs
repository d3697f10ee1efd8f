namespace UniVG.Diffusion;

/// <summary>Why a file could not be written, in the system's words without the path: that of a file beside the target would only confuse.</summary>
public static class FileFault
{
    /// <summary>The reason, to stand behind a colon or in brackets.</summary>
    public static string Of(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return fault switch
        {
            UnauthorizedAccessException => "access is denied",
            FileNotFoundException or DirectoryNotFoundException => "no file can be made there",
            ArgumentException => "that is no path",
            _ => fault.Message.Split(" : '")[0].TrimEnd('.'),
        };
    }
}
