using SkiaSharp;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Adapters;
using UniVG.TestSupport;

namespace UniVG.Notebooks.Tests.Displays.Adapters;

public class AdapterViewTests
{
    [Fact]
    public void Map_has_the_blocks_of_Stable_Diffusion_and_a_row_for_each_kind_of_layer()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());
        using var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, new ShapeOnlyWeights());
        var targets = TargetModules.Select(new LohaConfig(), unet.Weights.Layers, text.Weights.Layers);

        var map = new NormMap(targets.Select(t => new ChangeNorm(t.Layer.Path, t.Name.StartsWith("lora_te", StringComparison.Ordinal), 1)));

        string[] expected =
        [
            .. Enumerable.Range(0, 12).Select(i => $"IN{i:00}"), "M00", .. Enumerable.Range(0, 12).Select(i => $"OUT{i:00}"),
            .. Enumerable.Range(0, 12).Select(i => $"TE{i:00}"),
        ];
        Assert.Equal(expected, map.Columns);
        Assert.Equal("proj in", map.Rows[0]);
        Assert.Equal("other", map.Rows[^1]);
        Assert.Equal(["IN00", "OUT11"], map.Columns.Where(column => map["other", column] is not null)); // conv_in and time embedding, conv_out
        Assert.Equal(Math.Sqrt(2), map["resnet conv 1", "M00"]!.Value, 1e-9); // two ResNet blocks
        Assert.Null(map["cross-attn q", "IN03"]);
        Assert.Equal(1, map["mlp out", "TE07"]);
        Assert.Equal(targets.Count(), map.Columns.Sum(column => Math.Pow(map.OfBlock(column), 2)), 1e-6);
    }

    [Fact]
    public void Larger_changes_are_drawn_more_opaque_and_missing_layers_are_left_empty()
    {
        var map = new NormMap(
        [
            new ChangeNorm("down_blocks.0.attentions.0.proj_in", false, 0.1),
            new ChangeNorm("down_blocks.0.attentions.1.proj_in", false, 1.6),
            new ChangeNorm("down_blocks.0.attentions.1.proj_out", false, 0.4),
        ]);

        using var picture = SKBitmap.Decode(NormMapPicture.Draw(map, scale: 1));

        // The middles of the cells IN01 and IN02 of the rows 'proj in' and 'proj out'.
        byte Opacity(int column, int row) => picture.GetPixel(88 + (17 * column) + 8, 34 + (17 * row) + 8).Alpha;
        Assert.Equal(255, Opacity(1, 0));
        Assert.InRange(Opacity(0, 0), 50, 80); // the root of 1/16
        Assert.InRange(Opacity(1, 1), 115, 140); // the root of 1/4
        Assert.Equal(0, Opacity(0, 1));
        Assert.Equal(NormMapPicture.SizeOf(map), (picture.Width, picture.Height));
    }

    [Fact]
    public void View_names_what_a_stranger_s_file_was_made_for_and_escapes_its_texts()
    {
        var bundle = AdapterView.Create(new AdapterSummary
        {
            Path = "/x/<b>.safetensors",
            Config = new LohaConfig { WeightDecompose = true },
            Naming = AdapterNaming.Kohya,
            Precision = TorchSharp.torch.ScalarType.Float16,
            Foreign = "Stable Diffusion XL",
            Sizes = [(32, 32, 3)],
            UNetModules = 3,
            TextEncoderModules = 0,
            ParameterCount = 10,
            Metadata = new Dictionary<string, string> { ["ss_training_comment"] = "<script>", ["ss_unet_lr"] = "1e-05", ["ss_text_encoder_lr"] = "0.000001" },
            TriggerWords = ["vessel"],
            Norms = [],
        });

        Assert.Contains("made for Stable Diffusion XL", bundle.PlainText, StringComparison.Ordinal);
        Assert.Matches(@"UNet lr +1e-5(\n|$)", bundle.PlainText);
        Assert.Matches(@"text lr +1e-6(\n|$)", bundle.PlainText);
        Assert.Contains("DoRA", bundle.PlainText, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", (string)bundle.Data["text/html"], StringComparison.Ordinal);
    }

    [Fact]
    public void Report_of_an_approximation_names_total_and_worst_layer()
    {
        var report = new ExtractionReport([new ExtractedLayer("a", 4, 3, 0.3), new ExtractedLayer("b", 2, 4, 2)]);

        var text = ResultFormatter.Format(report)!.PlainText;

        Assert.Contains("40.45 %", text, StringComparison.Ordinal); // √(0.09 + 4) / 5
        Assert.Contains("b: 50 % lost at rank 2", text, StringComparison.Ordinal);
        Assert.Contains("2 to 4", text, StringComparison.Ordinal);
    }
}
