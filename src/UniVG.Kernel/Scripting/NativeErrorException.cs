using UniVG.Diffusion;

namespace UniVG.Kernel.Scripting;

/// <summary>Native code threw an exception that nobody on the way to the cell catches; the cell's thread is lost, the notebook goes on.</summary>
/// <param name="what">What the exception says.</param>
internal sealed class NativeErrorException(string what) : UniVGException(
    $"libtorch: {what.TrimEnd('.')}. TorchSharp passes this error on in no other way, so what the cell had set before is lost; earlier cells' variables are not.");
