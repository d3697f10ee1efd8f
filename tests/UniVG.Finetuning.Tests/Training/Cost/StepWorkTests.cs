using TorchSharp;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Cost;
using UniVG.TestSupport;

namespace UniVG.Finetuning.Tests.Training.Cost;

/// <summary>Counts at the size of Stable Diffusion 1.5, against those of torch.utils.flop_counter on a plain PyTorch implementation.</summary>
public sealed class StepWorkTests : IDisposable
{
    private readonly UNet _unet = new(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());
    private readonly ClipTextEncoder _text = new(ClipTextConfig.StableDiffusion15, new ShapeOnlyWeights());

    public void Dispose()
    {
        _unet.Dispose();
        _text.Dispose();
    }

    [Fact]
    public void A_step_of_LoRA_has_the_operations_that_PyTorch_counts()
    {
        var work = Count(new LoraConfig(), new TrainingConfig(), side: 64);

        Assert.Equal(3.915e12, work.Flops, 0.06 * 3.915e12);
        Assert.Equal(0.80e12, work.ForwardFlops, 0.02e12);
    }

    [Fact]
    public void Twice_the_batch_is_twice_the_work_of_LoRA_and_less_of_LoHA_whose_weights_are_made_once_a_step()
    {
        var (one, two) = (new TrainingConfig { BatchSize = 1 }, new TrainingConfig { BatchSize = 2 });

        Assert.Equal(2, Count(new LoraConfig(), two, 64).Flops / Count(new LoraConfig(), one, 64).Flops, 6);
        Assert.InRange(Count(new LohaConfig(), two, 64).Flops / Count(new LohaConfig(), one, 64).Flops, 1.5, 1.99);
    }

    [Fact]
    public void Checkpointing_computes_more()
    {
        var plain = Count(new LoraConfig(), new TrainingConfig(), 64);
        var checkpointing = Count(new LoraConfig(), new TrainingConfig { GradientCheckpointing = true }, 64);

        Assert.InRange(checkpointing.Flops / plain.Flops, 1.2, 1.6);
    }

    [Fact]
    public void Four_times_the_pixels_are_more_than_four_times_the_work_for_attention_grows_faster()
    {
        var (small, large) = (Count(new LoraConfig(), new TrainingConfig(), 64), Count(new LoraConfig(), new TrainingConfig(), 128));

        Assert.InRange(large.Flops / small.Flops, 4, 8);
    }

    private StepWork Count(AdapterConfig adapter, TrainingConfig config, int side)
    {
        using var scope = torch.NewDisposeScope();
        using var network = AdapterNetwork.Create(adapter, _unet.Weights.Layers, _text.Weights.Layers, seed: 1);
        return StepWork.Of(_unet, _text, network, side, side, config);
    }
}
