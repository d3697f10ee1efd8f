using TorchSharp;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Images;

public class ImageTensorsTests
{
    static ImageTensorsTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Every_byte_survives_a_round_trip()
    {
        var image = new RgbImage(16, 16, [.. Enumerable.Range(0, 768).Select(i => (byte)i)]);

        using var tensor = ImageTensors.FromImages([image, image]);
        var back = ImageTensors.ToImages(tensor);

        Assert.Equal([2, 3, 16, 16], tensor.shape);
        Assert.Equal(image.Pixels.Where((_, i) => i % 3 == 1).Select(value => (value / 127.5f) - 1), tensor[1, 1].data<float>().ToArray());
        Assert.Equal(-1, tensor.min().item<float>());
        Assert.Equal(1, tensor.max().item<float>());
        Assert.Equal(image.Pixels, back[1].Pixels);
    }

    [Fact]
    public void Planes_hold_red_green_and_blue()
    {
        using var tensor = ImageTensors.FromImages([new RgbImage(2, 1, [255, 0, 0, 0, 0, 255])]);

        Assert.Equal([1, -1, -1, -1, -1, 1], tensor.data<float>().ToArray());
    }

    [Fact]
    public void Values_outside_the_range_are_clamped_and_nan_is_black()
    {
        using var tensor = torch.tensor(new[] { -3f, 5f, float.NaN }, [1, 3, 1, 1]);

        Assert.Equal([0, 255, 0], ImageTensors.ToImages(tensor)[0].Pixels);
    }

    [Fact]
    public void Pictures_of_different_sizes_are_refused_with_both_sizes()
    {
        var error = Assert.Throws<UniVGException>(() => ImageTensors.FromImages([new RgbImage(4, 4), new RgbImage(8, 4)]));

        Assert.Contains("4×4", error.Message, StringComparison.Ordinal);
        Assert.Contains("8×4", error.Message, StringComparison.Ordinal);
    }
}
