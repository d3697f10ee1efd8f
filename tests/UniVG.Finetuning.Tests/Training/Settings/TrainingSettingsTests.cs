using UniVG.Diffusion;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;

namespace UniVG.Finetuning.Tests.Training.Settings;

public class TrainingSettingsTests
{
    [Fact]
    public void Every_setting_reads_its_own_text_and_defaults_are_allowed()
    {
        new TrainingConfig().Validate();
        TrainingConfig.Loha.Validate();
        foreach (var setting in TrainingSettings.All)
        {
            var config = setting.Choices.Count > 0 ? setting.Write(new TrainingConfig(), setting.Choices[^1]) : new TrainingConfig();
            Assert.Equal(setting.Read(config), setting.Read(setting.Write(new TrainingConfig(), setting.Read(config))));
        }
    }

    [Fact]
    public void Names_are_given_once() =>
        Assert.Equal(2 * TrainingSettings.All.Count, TrainingSettings.All.SelectMany(s => (string[])["--" + s.Name, s.KohyaKey]).Distinct().Count());

    [Fact]
    public void Values_are_applied_by_either_name()
    {
        var config = TrainingSettings.Apply(new TrainingConfig(), ["lr=5e-5", "min_snr_gamma=5", "loss=HUBER", "debiased=True", "epochs=3", "max-token-length=225"]);

        Assert.Equal((5e-5, 5.0, "huber", true, 3, 225), (config.LearningRate, config.MinSnrGamma, config.LossType, config.DebiasedEstimation, config.Epochs, config.MaxTokenLength));
        Assert.Null(TrainingSettings.Apply(config, ["min-snr-gamma=0"]).MinSnrGamma);
        Assert.Equal(["lr 1e-4 → 5e-5", "epochs off → 3"], TrainingSettings.Differences(new TrainingConfig(), config).Where(d => d[0] is 'l' or 'e').Where(d => !d.StartsWith("loss", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Reverse());
    }

    [Theory]
    [InlineData("lr", "NAME=VALUE")]
    [InlineData("learning=1", "'learning'")]
    [InlineData("min-snr-gama=5", "min-snr-gamma")]
    [InlineData("lr=-1", "above 0")]
    [InlineData("lr=fast", "above 0")]
    [InlineData("batch=1.5", "whole number")]
    [InlineData("max-timestep=2000", "at most 1000")]
    [InlineData("loss=l3", "one of l2, l1, huber, smooth_l1")]
    [InlineData("debiased=maybe", "true or false")]
    public void Impossible_values_are_answered_by_name_and_rule(string value, string part) =>
        Assert.Contains(part, Assert.Throws<UniVGException>(() => TrainingSettings.Apply(new TrainingConfig(), [value])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("scheduler=constant warmup=10", "constant_with_warmup")]
    [InlineData("min-timestep=500 max-timestep=500", "--max-timestep")]
    [InlineData("noise-offset=0.1 multires-noise-iterations=6", "exclude")]
    [InlineData("adaptive-noise-scale=0.1", "--noise-offset")]
    [InlineData("scale-v-pred-loss=true", "--v-parameterization")]
    [InlineData("zero-terminal-snr=true debiased=true", "--zero-terminal-snr")]
    [InlineData("optimizer-args=decay=0.1", "AdamW has no argument 'decay'")]
    [InlineData("optimizer-args=betas=1,2", "betas")]
    public void Values_that_exclude_each_other_are_refused(string values, string part) => Assert.Contains(
        part, Assert.Throws<UniVGException>(() => TrainingSettings.Apply(new TrainingConfig(), values.Split(' ')).Validate()).Message, StringComparison.Ordinal);
}
