namespace UniVG.Benchmarks.Measuring;

/// <summary>What a scenario's process reports to the one that started it.</summary>
/// <param name="Measurements">The rows.</param>
/// <param name="Notes">Facts about the input, such as the size of a file.</param>
/// <param name="StartAnonymousMiB">Anonymous memory of the process before the scenario, libtorch loaded.</param>
/// <param name="PeakAnonymousMiB">The most anonymous memory in a repetition.</param>
/// <param name="PeakResidentMiB">The largest resident set of the process, pages of mapped files included (VmHWM).</param>
/// <param name="CounterpartPeakResidentMiB">The same of the PyTorch process; null where there was none.</param>
internal sealed record ScenarioResult(
    IReadOnlyList<Measurement> Measurements, IReadOnlyList<string> Notes, double StartAnonymousMiB, double PeakAnonymousMiB, double PeakResidentMiB,
    double? CounterpartPeakResidentMiB);
