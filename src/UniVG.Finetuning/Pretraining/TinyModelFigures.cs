namespace UniVG.Finetuning.Pretraining;

/// <summary>How well univg-tiny does on one modality.</summary>
/// <param name="Psnr">Peak signal-to-noise ratio of reconstructions by the VAE, in dB, mean over images; 8-bit range.</param>
/// <param name="VesselPsnr">The same over the vessels' pixels of all images together.</param>
/// <param name="ColorError">
/// How far the mean colour of samples lies from that of generated images, mean over the three channels, in 1/255; null for the
/// modality that the UNet was not trained on.
/// </param>
public sealed record TinyModelFigures(double Psnr, double VesselPsnr, double? ColorError);
