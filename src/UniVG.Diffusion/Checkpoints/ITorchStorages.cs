using UniVG.Diffusion.Checkpoints.Pickle;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>Where a PyTorch file keeps the numbers that its pickle refers to.</summary>
internal interface ITorchStorages : IDisposable
{
    /// <summary>Refuses a storage that the file does not hold in full.</summary>
    void Check(PickleStorage storage);

    /// <summary>Elements of a storage as a flat tensor outside of any dispose scope.</summary>
    Tensor Read(PickleStorage storage, long offset, long count);
}
