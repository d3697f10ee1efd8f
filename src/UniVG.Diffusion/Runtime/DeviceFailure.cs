using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UniVG.Diffusion.Runtime;

/// <summary>Recognises what goes wrong on a device rather than in a computation, and says what to do about it.</summary>
public static class DeviceFailure
{
    /// <summary>What to change where memory ran out in training.</summary>
    public const string TrainingAdvice =
        "train with --checkpointing, a smaller --batch with --accumulate, a smaller --resolution ('#!univg data') or dim, or load the model in half precision (--precision bf16)";

    /// <summary>Whether memory ran out, on a GPU or in the machine.</summary>
    public static bool IsOutOfMemory(Exception exception) => Chain(exception).Any(e => e is OutOfMemoryException or InsufficientMemoryException
        || (e is ExternalException && Mentions(e, "out of memory", "not enough memory", "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")));

    /// <summary>Whether the GPU itself failed, after which CUDA refuses everything in this process.</summary>
    public static bool IsLost(Exception exception) => Chain(exception).Any(e => e is ExternalException
        && Mentions(e, "unspecified launch failure", "illegal memory access", "device-side assert", "ECC error", "GPU is lost", "fallen off the bus"));

    /// <summary>What a person should read; null where the failure is none of the device.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="advice">What to do about memory that ran out.</param>
    public static UniVGException? Explain(Exception exception, string advice = TrainingAdvice)
    {
        if (IsOutOfMemory(exception)) return new UniVGException($"The memory ran out ({FirstLine(exception)}). Nothing is lost; {advice}.", exception);
        if (IsLost(exception)) return new UniVGException($"The GPU failed ({FirstLine(exception)}); restart the kernel, and go on from the newest saved state with '#!univg resume'.", exception);
        return Chain(exception).Any(e => e is ExternalException && Mentions(e, "no kernel image is available"))
            ? new UniVGException("This libtorch has no kernels for this GPU, which is too old or too new for it; use --device cpu, or a libtorch built for it (UNIVG_LIBTORCH).", exception)
            : null;
    }

    /// <summary>As <see cref="Explain"/>, and for whatever else libtorch throws, what it says; null where the failure is none of libtorch's.</summary>
    public static UniVGException? ExplainNative(Exception exception, string advice = TrainingAdvice) => exception is UniVGException ? null
        : Explain(exception, advice) ?? (IsNative(exception) ? new UniVGException($"libtorch failed: {FirstLine(exception)}.", exception) : null);

    /// <summary>The first sentence of a libtorch error, which goes on with a stack of native calls.</summary>
    public static string FirstLine(Exception exception)
    {
        var text = (Chain(exception).LastOrDefault(e => e is ExternalException) ?? exception).Message;
        var line = text.Split('\n')[0].Split("DefaultCPUAllocator: ")[^1].Trim();
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end > 0 && line.StartsWith("CUDA out of memory", StringComparison.Ordinal) ? line[(end + 2)..].Split(". ")[0] : line).TrimEnd('.');
    }

    // The system's own faults derive from libtorch's exception.
    private static bool IsNative(Exception exception) => Chain(exception).Any(e => e is ExternalException and not Win32Exception);

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException!) yield return e;
    }

    private static bool Mentions(Exception exception, params ReadOnlySpan<string> phrases)
    {
        foreach (var phrase in phrases)
            if (exception.Message.Contains(phrase, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
