using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Training;

/// <summary>When to draw samples while training, and of what.</summary>
/// <param name="Every">Steps between samples; 0 draws none.</param>
/// <param name="Request">What to draw; the same each time, so that only the adapter differs.</param>
internal sealed record SampleSchedule(int Every, ImageRequest Request)
{
    private const int SamplesAtATime = 4;

    /// <summary>The options that describe a schedule.</summary>
    public sealed class Options
    {
        private readonly Option<int?> _every = OptionFactory.Integer("--sample-every", "draws samples each N steps; default never", min: 0);
        private readonly Option<string?> _prompt = OptionFactory.Text("--sample-prompt", "what to draw; default the first trigger word");

        /// <summary>Adds the options to a command.</summary>
        public void AddTo(Command command)
        {
            command.Options.Add(_every);
            command.Options.Add(_prompt);
        }

        /// <summary>Reads the options of a line.</summary>
        public SampleSchedule Read(ParseResult arguments, UniVGSession session) => new(
            arguments.GetValue(_every) ?? 0,
            new ImageRequest
            {
                Prompt = arguments.GetValue(_prompt) ?? session.DefaultPrompt,
                Count = SamplesAtATime,
                GuidanceScale = session.RequireModel().SuggestedGuidance,
            });
    }

    /// <summary>The number of steps from <paramref name="step"/> to the next samples, at most <paramref name="limit"/>.</summary>
    public int StepsUntilNext(int step, int limit) => Every == 0 ? limit : Math.Min(limit, Every - (step % Every));

    /// <summary>Whether samples are due after <paramref name="step"/>.</summary>
    public bool IsDue(int step) => Every > 0 && step % Every == 0;
}
