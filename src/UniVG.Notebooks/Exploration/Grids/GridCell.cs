using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Notebooks.Exploration.Grids;

/// <summary>What one picture of a grid is drawn with.</summary>
/// <param name="Request">The request.</param>
/// <param name="Scale">The strength of the adapters.</param>
/// <param name="Step">The step of the run whose adapter draws, 0 for none; null for the adapters that are attached.</param>
internal sealed record GridCell(ImageRequest Request, double Scale, int? Step)
{
    /// <summary>The cell with the value of an axis.</summary>
    public GridCell With(GridAxis axis, string value) => axis.Name switch
    {
        GridAxis.Step => this with { Step = int.Parse(value, CultureInfo.InvariantCulture) },
        GridAxis.Scale => this with { Scale = Number(value) },
        GridAxis.Seed => this with { Request = Request with { Seed = long.Parse(value, CultureInfo.InvariantCulture) } },
        GridAxis.Guidance => this with { Request = Request with { GuidanceScale = Number(value) } },
        _ => this with { Request = Request with { Sampler = value } },
    };

    private static double Number(string value) => double.Parse(value, CultureInfo.InvariantCulture);
}
