using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace UniVG.Diffusion.Images;

/// <summary>Keeps LibTiff's last error of each thread, instead of writing it to the console.</summary>
internal sealed class TiffMessages : TiffErrorHandler
{
    [ThreadStatic]
    private static string? last;

    /// <summary>The last error on this thread since <see cref="Clear"/>, without a full stop.</summary>
    public static string? Last => last;

    /// <summary>Forgets the last error.</summary>
    public static void Clear() => last = null;

    /// <inheritdoc/>
    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args) =>
        last ??= string.Format(CultureInfo.InvariantCulture, format, args).ReplaceLineEndings(" ").Replace(TiffImage.StreamName + ": ", "", StringComparison.Ordinal).Trim().TrimEnd('.');

    /// <inheritdoc/>
    public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
    }

    /// <inheritdoc/>
    public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
    {
    }

    /// <inheritdoc/>
    public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
    }
}
