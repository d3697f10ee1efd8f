namespace UniVG.Finetuning.Synthesis;

/// <summary>Smooth random brightness for backgrounds.</summary>
internal static class NoiseField
{
    /// <summary>Value noise, random numbers on a coarse lattice blended smoothly: size × size values in [−1, 1].</summary>
    public static float[] Smooth(int size, int cells, SeededRandom random)
    {
        var lattice = new float[(cells + 1) * (cells + 1)];
        for (var i = 0; i < lattice.Length; i++) lattice[i] = random.NextFloat(-1, 1);

        var field = new float[size * size];
        var row = new float[cells + 1];
        for (var y = 0; y < size; y++)
        {
            var (cellY, fractionY) = Locate(y, size, cells);
            for (var c = 0; c <= cells; c++)
            {
                var (above, below) = (lattice[(cellY * (cells + 1)) + c], lattice[((cellY + 1) * (cells + 1)) + c]);
                row[c] = above + ((below - above) * fractionY);
            }

            for (var x = 0; x < size; x++)
            {
                var (cellX, fractionX) = Locate(x, size, cells);
                field[(y * size) + x] = row[cellX] + ((row[cellX + 1] - row[cellX]) * fractionX);
            }
        }

        return field;
    }

    /// <summary>Octaves of value noise, each twice as fine and half as strong as the one before; roughly in [−1, 1].</summary>
    public static float[] Fractal(int size, int cells, int octaves, SeededRandom random)
    {
        var sum = new float[size * size];
        for (var octave = 0; octave < octaves; octave++)
        {
            var layer = Smooth(size, cells << octave, random);
            var weight = 0.6f / (1 << octave);
            for (var i = 0; i < sum.Length; i++) sum[i] += weight * layer[i];
        }

        return sum;
    }

    private static (int Cell, float Fraction) Locate(int pixel, int size, int cells)
    {
        var position = (pixel + 0.5f) / size * cells;
        var cell = Math.Min((int)position, cells - 1);
        var t = position - cell;
        return (cell, t * t * (3 - (2 * t)));
    }
}
