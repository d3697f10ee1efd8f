using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

public class CheckpointInspectorTests
{
    static CheckpointInspectorTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("sd_tiny.safetensors", CheckpointKind.StableDiffusion1, "safetensors")]
    [InlineData("lora_tiny.safetensors", CheckpointKind.Adapter, "safetensors")]
    [InlineData("loha_tucker_tiny.safetensors", CheckpointKind.Adapter, "safetensors")]
    [InlineData("locon_tucker_tiny.safetensors", CheckpointKind.Adapter, "safetensors")]
    [InlineData("ckpt/lightning_zip.ckpt", CheckpointKind.StableDiffusion1, "PyTorch zip")]
    [InlineData("ckpt/lightning_legacy.ckpt", CheckpointKind.StableDiffusion1, "PyTorch legacy")]
    [InlineData("schedules.safetensors", CheckpointKind.Unknown, "safetensors")]
    public void Kind_and_format_are_told(string name, CheckpointKind kind, string format)
    {
        var summary = CheckpointInspector.Inspect(Goldens.Path(name));

        Assert.Equal((kind, format), (summary.Kind, summary.Format));
        Assert.Equal(summary.ParameterCount, summary.Groups.Sum(g => g.Value));
        Assert.Equal(summary.ParameterCount, summary.DTypes.Sum(g => g.Value));
    }

    [Fact]
    public void A_model_is_told_by_its_parts_and_its_schedule()
    {
        var summary = CheckpointInspector.Inspect(Goldens.Path("sd_tiny.safetensors"));

        Assert.Contains("model.diffusion_model", summary.Groups.Select(g => g.Key));
        Assert.Equal(ScalarType.Float16, summary.DTypes[0].Key);
        Assert.Contains("noise schedule: 1000 steps, beta 0.00085 to 0.012", summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_is_told_with_its_metadata()
    {
        var summary = CheckpointInspector.Inspect(Goldens.Path("lora_tiny.safetensors"));

        Assert.Equal(["lora_te", "lora_unet"], summary.Groups.Select(g => g.Key).Order());
        Assert.Equal("networks.lora", summary.Metadata["ss_network_module"]);
    }
}
