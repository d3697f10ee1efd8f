using System.Numerics;
using UniVG.Finetuning.Evaluation;

namespace UniVG.Finetuning.Tests.Evaluation;

public class NearnessChanceTests
{
    [Theory]
    [InlineData(5, 6, 1)]
    [InlineData(5, 6, 2)]
    [InlineData(7, 3, 3)]
    public void Equals_the_count_over_all_orders(int samples, int heldOut, int k)
    {
        // Each bit pattern with as many ones as there are samples is one order of the distances, the lowest bit the nearest.
        var orders = Enumerable.Range(0, 1 << (samples + heldOut)).Where(bits => BitOperations.PopCount((uint)bits) == samples).ToArray();
        int Near(int bits)
        {
            var (near, held) = (0, 0);
            for (var i = 0; held < k; i++)
            {
                if (((bits >> i) & 1) == 1) near++;
                else held++;
            }

            return near;
        }

        for (var near = 0; near <= samples; near++)
        {
            var expected = orders.Count(bits => Near(bits) >= near) / (double)orders.Length;
            Assert.Equal(expected, NearnessChance.OfAtLeast(samples, heldOut, k, near), 1e-9);
        }
    }
}
