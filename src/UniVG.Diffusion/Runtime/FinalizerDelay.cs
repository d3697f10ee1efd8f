namespace UniVG.Diffusion.Runtime;

/// <summary>
/// Lets a moment pass between a garbage collection and the finalizers of what it found. TorchSharp 0.107 does not keep the scalar of
/// <c>a + b</c>, <c>x * 2</c> and the like alive while libtorch works with it: where the machine is busy, the scalar can be found dead
/// and freed before libtorch has read it, and the operation fails ("Expected false to be true", in Scalar.h) or takes another number.
/// </summary>
/// <remarks>
/// An object that is made right after a collection is, among the young ones, the first that the next collection hands to the thread
/// of the finalizers; its own makes that thread wait, and takes the place of the next. Scalars live for one operation only.
/// </remarks>
internal sealed class FinalizerDelay
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    private static int _started;

    private FinalizerDelay()
    {
    }

    ~FinalizerDelay()
    {
        _ = new FinalizerDelay();
        Thread.Sleep(Delay);
    }

    /// <summary>Begins it, for the rest of the process; further calls do nothing.</summary>
    public static void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0) _ = new FinalizerDelay();
    }
}
