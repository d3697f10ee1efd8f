using UniVG.Diffusion.Checkpoints;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Checkpoints;

public class LdmKeyMapTests
{
    private static readonly Dictionary<string, KeyMap> StableDiffusion15 = new()
    {
        ["unet"] = LdmKeyMap.UNet(levels: 4, layersPerBlock: 2, upAttention: [false, true, true, true]),
        ["vae"] = LdmKeyMap.Vae(levels: 4, layersPerBlock: 2),
        ["te"] = LdmKeyMap.TextEncoder(),
    };

    [Fact]
    public void Every_key_of_Stable_Diffusion_15_maps_in_both_directions()
    {
        var rows = File.ReadLines(Goldens.ReferencePath("keymap.tsv")).Skip(1).Select(line => line.Split('\t')).ToList();

        Assert.Equal(1131, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal(row[2], StableDiffusion15[row[0]].ToDiffusers(row[1]));
            Assert.Equal(row[1], StableDiffusion15[row[0]].ToLdm(row[2]));
        });
    }

    [Theory]
    [InlineData("input_blocks.3.0.out_layers.3.bias", "down_blocks.1.resnets.0.conv2.bias")]
    [InlineData("input_blocks.2.0.op.weight", "down_blocks.0.downsamplers.0.conv.weight")]
    [InlineData("output_blocks.1.2.conv.weight", "up_blocks.0.upsamplers.0.conv.weight")]
    [InlineData("output_blocks.3.1.conv.weight", "up_blocks.1.upsamplers.0.conv.weight")]
    [InlineData("output_blocks.5.1.transformer_blocks.0.ff.net.0.proj.weight", "up_blocks.2.attentions.1.transformer_blocks.0.ff.net.0.proj.weight")]
    public void Another_structure_maps_by_the_same_rules(string ldm, string diffusers)
    {
        var map = LdmKeyMap.UNet(levels: 3, layersPerBlock: 1, upAttention: [true, false, true]);

        Assert.Equal(diffusers, map.ToDiffusers(LdmKeyMap.UNetPrefix + ldm));
        Assert.Equal(LdmKeyMap.UNetPrefix + ldm, map.ToLdm(diffusers));
    }

    [Fact]
    public void A_missing_text_model_level_is_repaired()
    {
        Assert.Equal(
            "text_model.final_layer_norm.bias",
            StableDiffusion15["te"].ToDiffusers("cond_stage_model.transformer.final_layer_norm.bias"));
    }

    [Theory]
    [InlineData("unet", "model.diffusion_model.input_blocks.12.0.op.weight")]
    [InlineData("unet", "control_model.input_blocks.1.0.in_layers.0.weight")]
    [InlineData("vae", "first_stage_model.loss.logvar")]
    public void Keys_of_no_known_module_have_no_translation(string part, string key) =>
        Assert.Null(StableDiffusion15[part].ToDiffusers(key));
}
