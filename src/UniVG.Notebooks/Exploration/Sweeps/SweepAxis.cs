using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>A setting of which a sweep tries several values.</summary>
/// <param name="Name">Its name as on a command line: <c>dim</c>, <c>lr</c>, <c>optimizer</c>.</param>
/// <param name="Values">The values as texts.</param>
public sealed record SweepAxis(string Name, IReadOnlyList<string> Values)
{
    /// <summary>An axis of numbers or texts: <c>new SweepAxis("dim", 4, 8, 16)</c>.</summary>
    public SweepAxis(string name, params object[] values)
        : this(name, (IReadOnlyList<string>)[.. (values ?? []).Select(value => value is double number ? NumberText.Exact(number) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")])
    {
    }
}
