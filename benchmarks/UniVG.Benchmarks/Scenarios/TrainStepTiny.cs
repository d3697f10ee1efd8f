using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>One training step on the embedded model, optimizer included.</summary>
internal sealed class TrainStepTiny : IScenario
{
    private const int Images = 8;

    public string Name => "train-step-tiny";

    public string Summary => "one training step of LoRA (batch 2) and LoHA (batch 1) on the embedded model, default sizes";

    public int Repetitions => 30;

    public void Run(ScenarioRun run)
    {
        using var folder = new TemporaryFolder();
        using var forLora = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });
        using var forLoha = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });
        var size = forLora.Pipeline.DefaultSize;
        WriteImages(Directory.CreateDirectory(folder["1_noise"]).FullName, size);
        var dataset = DatasetFolder.Read(folder.FullName, DatasetOptions.ForResolution(size, size));

        using var lora = Attach(forLora.Pipeline, new LoraConfig());
        using var loha = Attach(forLoha.Pipeline, new LohaConfig());
        using var loraRun = new FineTuningRun(forLora.Pipeline, dataset, lora, new TrainingConfig());
        using var lohaRun = new FineTuningRun(forLoha.Pipeline, dataset, loha, TrainingConfig.Loha);
        run.Note($"images of {size} x {size}; LoRA has {lora.ParameterCount} parameters, LoHA {loha.ParameterCount}; text encoder trained too");
        run.Alternate(("LoRA, batch 2", () => loraRun.StepAsync(1).Wait()), ("LoHA, batch 1", () => lohaRun.StepAsync(1).Wait()));
    }

    private static AdapterNetwork Attach(StableDiffusion model, AdapterConfig config) =>
        AdapterNetwork.Attach(config, model.UNet.Weights.Layers, model.TextEncoder.Weights.Layers, seed: 1);

    private static void WriteImages(string folder, int size)
    {
        var random = new Random(1);
        for (var i = 0; i < Images; i++)
        {
            var image = new RgbImage(size, size);
            random.NextBytes(image.Pixels);
            ImageFile.SavePng(image, Path.Combine(folder, $"{i}.png"));
        }
    }
}
