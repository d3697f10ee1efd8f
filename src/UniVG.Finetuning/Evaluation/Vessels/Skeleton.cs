namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>The axes of the vessels of a mask, one pixel wide.</summary>
public static class Skeleton
{
    // The eight neighbours in a circle, beginning above: P2 … P9 of the paper.
    private static readonly (int X, int Y)[] Circle = [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)];

    /// <summary>Thins a mask until only axes remain; its connected parts stay connected (Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns").</summary>
    public static VesselMask Thin(VesselMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var skeleton = mask with { Pixels = (bool[])mask.Pixels.Clone() };
        var removed = new List<int>();
        var changed = true;
        while (changed)
        {
            changed = false;
            for (var pass = 0; pass < 2; pass++)
            {
                removed.Clear();
                for (var i = 0; i < skeleton.Pixels.Length; i++)
                {
                    if (skeleton.Pixels[i] && IsRemovable(skeleton, i, pass)) removed.Add(i);
                }

                foreach (var pixel in removed) skeleton.Pixels[pixel] = false;
                changed |= removed.Count > 0;
            }
        }

        return skeleton;
    }

    /// <summary>Counts branch points: places where three or more lines of a skeleton meet; neighbouring pixels are one place.</summary>
    public static int CountBranchPoints(VesselMask skeleton)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        var meeting = new bool[skeleton.Pixels.Length];
        for (var i = 0; i < meeting.Length; i++) meeting[i] = skeleton.Pixels[i] && Crossings(Neighbours(skeleton, i)) >= 3;

        var (count, open) = (0, new Stack<int>());
        for (var start = 0; start < meeting.Length; start++)
        {
            if (!meeting[start]) continue;
            count++;
            open.Push(start);
            while (open.TryPop(out var i))
            {
                if (!meeting[i]) continue;
                meeting[i] = false;
                var (x, y) = (i % skeleton.Width, i / skeleton.Width);
                foreach (var (dx, dy) in Circle)
                {
                    if (skeleton[x + dx, y + dy]) open.Push(((y + dy) * skeleton.Width) + x + dx);
                }
            }
        }

        return count;
    }

    private static bool IsRemovable(VesselMask mask, int pixel, int pass)
    {
        var p = Neighbours(mask, pixel);
        var count = p.Count(set => set);
        if (count is < 2 or > 6 || Crossings(p) != 1) return false;
        var (up, right, down, left) = (p[0], p[2], p[4], p[6]);
        return pass == 0
            ? !(up && right && down) && !(right && down && left)
            : !(up && right && left) && !(up && down && left);
    }

    // How often the circle goes from background to vessel: the number of lines that leave the pixel.
    private static int Crossings(bool[] circle)
    {
        var count = 0;
        for (var i = 0; i < circle.Length; i++)
        {
            if (!circle[i] && circle[(i + 1) % circle.Length]) count++;
        }

        return count;
    }

    private static bool[] Neighbours(VesselMask mask, int pixel)
    {
        var (x, y) = (pixel % mask.Width, pixel / mask.Width);
        return [.. Circle.Select(d => mask[x + d.X, y + d.Y])];
    }
}
