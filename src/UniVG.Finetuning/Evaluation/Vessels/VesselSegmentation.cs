using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>
/// Finds vessels in a picture without having learnt any: a ridge filter on the green channel, in which blood has the most
/// contrast, and Otsu's threshold on its response. Vessels in false colours, such as laser speckle's, whose green does not rise
/// evenly, are found only in part.
/// </summary>
public static class VesselSegmentation
{
    /// <summary>Which polarity fits a set of pictures: the one with the larger sum of squared ridge responses.</summary>
    public static VesselPolarity FindPolarity(IEnumerable<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var (dark, bright) = (0.0, 0.0);
        foreach (var image in images)
        {
            dark += Respond(image, VesselPolarity.Dark).Sum(r => (double)r * r);
            bright += Respond(image, VesselPolarity.Bright).Sum(r => (double)r * r);
        }

        return dark >= bright ? VesselPolarity.Dark : VesselPolarity.Bright;
    }

    /// <summary>Segments a picture.</summary>
    public static VesselMask Segment(RgbImage image, VesselPolarity polarity)
    {
        var response = Respond(image, polarity);
        var threshold = OtsuThreshold.Of(response);
        return new VesselMask(image.Width, image.Height, [.. response.Select(r => r > threshold)]);
    }

    private static float[] Respond(RgbImage image, VesselPolarity polarity)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (width, height) = (image.Width, image.Height);
        var plane = new float[width * height];
        for (var i = 0; i < plane.Length; i++) plane[i] = image.Pixels[(i * 3) + 1] / 255f;
        FieldOfView.Extend(plane, image);
        var sign = polarity == VesselPolarity.Bright ? 1 : -1;
        return RidgeFilter.Respond([.. plane.Select(p => sign * p)], width, height);
    }
}
