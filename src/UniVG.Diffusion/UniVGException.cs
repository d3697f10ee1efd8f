namespace UniVG.Diffusion;

/// <summary>
/// A mistake that the user can mend: bad input, a missing file, an impossible setting. Its message is one sentence that says
/// what is wrong, where, and what to do; hosts show the message alone, without a stack trace.
/// </summary>
public class UniVGException : Exception
{
    /// <summary>Creates the exception with its one sentence.</summary>
    public UniVGException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one sentence and the fault behind it.</summary>
    public UniVGException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
