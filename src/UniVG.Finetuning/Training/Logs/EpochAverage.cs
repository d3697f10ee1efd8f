namespace UniVG.Finetuning.Training.Logs;

/// <summary>
/// kohya's <c>loss/average</c>: one slot for each step of an epoch; in the first epoch the mean of the steps seen, later each step
/// replaces the one of the epoch before, so that the mean always covers an epoch's length.
/// </summary>
/// <param name="stepsPerEpoch">Steps of an epoch.</param>
internal sealed class EpochAverage(int stepsPerEpoch)
{
    private readonly List<double> _losses = [];
    private double _total;

    /// <summary>The mean; 0 before the first step.</summary>
    public double Value => _losses.Count == 0 ? 0 : _total / _losses.Count;

    /// <summary>Takes the loss of the next step.</summary>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="loss">Its loss.</param>
    public void Add(int step, double loss)
    {
        var slot = (step - 1) % stepsPerEpoch;
        if (slot >= _losses.Count)
        {
            _losses.Add(loss);
        }
        else
        {
            _total -= _losses[slot];
            _losses[slot] = loss;
        }

        _total += loss;
    }
}
