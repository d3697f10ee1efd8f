namespace UniVG.Diffusion;

/// <summary>Finds the word that a user probably meant, for error messages.</summary>
public static class NearestMatch
{
    /// <summary>The text <c> (did you mean 'x'?)</c>, or nothing where no candidate is near.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) => Find(word, candidates) is { } match ? $" (did you mean '{match}'?)" : "";

    /// <summary>The candidate with the fewest edits, if they are few enough to be a typing mistake; else null.</summary>
    public static string? Find(string word, IEnumerable<string> candidates) => candidates
        .Select(candidate => (Candidate: candidate, Distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
        .Where(c => c.Distance <= Math.Max(2, word.Length / 3) && c.Distance < c.Candidate.TrimStart('-').Length)
        .OrderBy(c => c.Distance)
        .Select(c => c.Candidate)
        .FirstOrDefault();

    // Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost 1 each.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + substitution);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
