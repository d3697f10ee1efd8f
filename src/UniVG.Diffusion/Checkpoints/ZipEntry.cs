namespace UniVG.Diffusion.Checkpoints;

/// <summary>One file in a zip archive.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Offset">Where its bytes begin in the archive.</param>
/// <param name="StoredLength">The number of bytes it takes there.</param>
/// <param name="Length">The number of bytes it has.</param>
/// <param name="IsStored">Whether it is not compressed, as torch.save leaves its entries.</param>
internal readonly record struct ZipEntry(string Name, long Offset, long StoredLength, long Length, bool IsStored);
