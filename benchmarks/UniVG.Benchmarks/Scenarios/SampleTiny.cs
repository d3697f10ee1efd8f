using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>A picture from prompt to pixels with the embedded model.</summary>
internal sealed class SampleTiny : IScenario
{
    public string Name => "sample-tiny";

    public string Summary => "pictures of the embedded model: 20 DDIM steps, guided, decoded; 1 and 4 of them";

    public int Repetitions => 10;

    public void Run(ScenarioRun run)
    {
        using var model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });
        var request = new ImageRequest { Prompt = "vessels", Steps = 20, GuidanceScale = model.SuggestedGuidance };
        run.Alternate(
            ("1 picture", () => model.Pipeline.Generate(request)),
            ("4 pictures", () => model.Pipeline.Generate(request with { Count = 4 })));
    }
}
