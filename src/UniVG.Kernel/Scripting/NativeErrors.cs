using System.Runtime.InteropServices;
using UniVG.Diffusion.Runtime;

namespace UniVG.Kernel.Scripting;

/// <summary>
/// Lets a notebook live on when native code throws what nobody catches. Some of TorchSharp's functions, <c>matmul</c> among them, let
/// libtorch's C++ exceptions through; the C++ runtime then looks for a handler in vain and ends the process. Its last question before that
/// is answered here: the training or the drawing on a thread of its own fails with the exception's text, or else the cell does, and the
/// thread, which can never return, sleeps for ever.
/// </summary>
internal static unsafe partial class NativeErrors
{
    // struct __cxa_exception of the Itanium C++ ABI, 64 bits: its first field is the type, and the thrown object follows it.
    private const int HeaderSize = 112;

    // Of its unwind header the class, "GNUCC++" and 0. With 1 at the end it was thrown again from an exception_ptr, as libtorch does with what
    // failed on another thread: the header then is a __cxa_dependent_exception, whose first field points to the object that was thrown first.
    private const int ClassOffset = 80;
    private const long Primary = 0x474E5543432B2B00;
    private const long Dependent = Primary + 1;

    // std::type_info: its table of functions, then its name.
    private const int NameOffset = 8;

    // std::exception: two destructors, then what().
    private const int WhatSlot = 2;

    private static readonly AsyncLocal<Action<Exception>?> Failing = new();

    /// <summary>What fails the running cell; every thread that works for it sees the same.</summary>
    public static Action<Exception>? Handler
    {
        set => Failing.Value = value;
    }

    /// <summary>Takes the place of the C++ runtime's last handler; does nothing on other systems than Linux.</summary>
    public static void Install()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return;
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out var library) || !NativeLibrary.TryGetExport(library, "_ZSt13set_terminatePFvvE", out var set)) return;
        ((delegate* unmanaged<delegate* unmanaged<void>, void*>)set)(&Terminate);
    }

    [UnmanagedCallersOnly]
    private static void Terminate()
    {
        var what = What();
        FinalizerPause.EndAll();
        if (!ComputeThread.TryAbandon(what))
        {
            if (Failing.Value is null) Environment.FailFast($"Native code failed outside of a cell: {what}");
            Failing.Value!(new NativeErrorException(what));
        }

        while (true)
        {
            try
            {
                Thread.Sleep(Timeout.Infinite);
            }
            catch (ThreadInterruptedException)
            {
                // The cells get another thread; this one cannot unwind.
            }
        }
    }

    private static string What()
    {
        var exception = *(nint*)Globals();
        if (exception == 0) return "it called std::terminate.";
        var kind = *(long*)(exception + ClassOffset);
        if (kind == Dependent) exception = *(nint*)exception - HeaderSize;
        else if (kind != Primary) return "it threw what is no C++ exception.";
        var type = Marshal.PtrToStringUTF8(*(nint*)(*(nint*)exception + NameOffset)) ?? "";

        if (type == "St9bad_alloc") return "out of memory (std::bad_alloc)";

        // Anything can be thrown, but only exceptions say what they are; libtorch's are named c10::Error, std::runtime_error ….
        if (!type.Contains("rror", StringComparison.Ordinal) && !type.Contains("xception", StringComparison.Ordinal)) return $"it threw a {type}.";
        var thrown = exception + HeaderSize;
        var what = (delegate* unmanaged<nint, nint>)(*(nint**)thrown)[WhatSlot];
        return (Marshal.PtrToStringUTF8(what(thrown)) ?? type).Split('\n')[0].Trim();
    }

    // struct __cxa_eh_globals, which begins with the exception that is being handled.
    [LibraryImport("libstdc++.so.6", EntryPoint = "__cxa_get_globals")]
    private static partial nint Globals();
}
