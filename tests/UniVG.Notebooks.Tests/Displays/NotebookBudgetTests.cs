using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Tests.Displays;

/// <summary>What displays leave behind in a saved notebook.</summary>
public class NotebookBudgetTests
{
    private const int Cells = 20;
    private const int Steps = 10_000;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Pictures of Stable Diffusion's size that compress as photographs do.</summary>
    private static readonly IReadOnlyList<GridImage> Pictures = [.. Enumerable.Range(0, 4).Select(i => new GridImage(TestPictures.Photograph(512, 512, i), $"seed {i}", $"vessels, seed {i}"))];

    [Fact]
    public void Twenty_training_cells_and_two_hundred_samples_take_less_than_20_MB()
    {
        var trained = TrainingPanel.Create(new TrainingPanelState("LoRA dim 32", Steps, Histories.Of(Steps, textRate: 5e-5))
        {
            ChartId = "panel",
            Status = TrainingStatus.Finished,
            Samples = [.. Enumerable.Range(1, 20).Select(i => new SampleSet(i * Steps / 20, Pictures))],
            Markers = [.. Enumerable.Range(1, 200).Select(i => new ChartMarker(i * 50, ChartMarkerKind.Sample))],
            Validation = [.. Enumerable.Range(1, 200).Select(i => new ValidationPoint(i * 50, 0.2))],
        });
        var compared = ImageComparison.Create(Pictures, Pictures);
        var drawn = ImageGrid.Create(Pictures);

        // 15 comparisons of 8 pictures and 20 grids of 4 are 200 samples.
        var bytes = SizeOf(PlotlyBootstrap.Create()) + Cells * SizeOf(trained) + 15 * SizeOf(compared) + 20 * SizeOf(drawn);

        Assert.InRange(bytes / 1024.0 / 1024, 1, 20);
    }

    /// <summary>The size of an output as nbformat writes it, without indentation.</summary>
    private static long SizeOf(MimeBundle bundle)
    {
        var data = new JsonObject();
        foreach (var (type, content) in bundle.Data)
            data[type] = content switch { byte[] binary => Convert.ToBase64String(binary), JsonNode json => json.DeepClone(), _ => (string)content };
        return JsonSerializer.SerializeToUtf8Bytes(data, Relaxed).Length;
    }
}
