using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Configuration;

/// <summary>What kohya's trainer (sd-scripts) does where a configuration file says nothing.</summary>
public static class KohyaDefaults
{
    private const double LearningRate = 2e-6;

    /// <summary>A run without any key.</summary>
    public static RunDefinition Run => new()
    {
        Model = new() { Precision = "fp32" },
        Training = new TrainingConfig
        {
            Steps = 1600,
            BatchSize = 1,
            LearningRate = LearningRate,
            TextEncoderLearningRate = LearningRate,
            Scheduler = "constant",
            Optimizer = "AdamW",
        },
        SavePrecision = "fp32",
        Saves = new SaveSchedule(),
    };

    /// <summary>A dataset of which only the folder is given.</summary>
    public static DatasetOptions Dataset => new() { EnableBuckets = false, NoUpscale = false, CaptionExtension = ".caption", Validation = 0 };

    /// <summary>A network of which only the module is given.</summary>
    public static AdapterConfig Network => new LoraConfig { Dim = 4, Alpha = 1, ConvDim = 0, ConvAlpha = 1 };
}
