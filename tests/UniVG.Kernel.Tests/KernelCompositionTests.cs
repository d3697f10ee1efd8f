namespace UniVG.Kernel.Tests;

public class KernelCompositionTests
{
    [Fact]
    public void No_name_of_ours_is_ambiguous_in_a_cell()
    {
        var imports = KernelComposition.Imports.ToHashSet();
        var ours = new[] { typeof(Diffusion.UniVGException), typeof(Finetuning.Training.StepReport), typeof(Notebooks.Hosting.MimeBundle), typeof(Scripting.CellFunctions) };
        var framework = new[] { typeof(object), typeof(Enumerable), typeof(Stack<>), typeof(Console), typeof(System.Collections.Concurrent.BlockingCollection<>), typeof(Barrier) };

        var ambiguous = ours.Concat(framework).Select(t => t.Assembly).Distinct()
            .SelectMany(a => a.GetExportedTypes())
            .Where(t => !t.IsNested && t.Namespace is not null && imports.Contains(t.Namespace))
            .GroupBy(t => t.Name)
            .Where(same => same.Count() > 1)
            .Select(same => string.Join(" / ", same.Select(t => t.FullName)));

        Assert.Empty(ambiguous);
    }
}
