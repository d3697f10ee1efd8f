using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Notebooks.Commands.Completion;

namespace UniVG.Notebooks.Commands;

/// <summary>Makes options whose errors say what was given, where, and what is allowed.</summary>
internal static class OptionFactory
{
    /// <summary>A whole number of at least <paramref name="min"/>; null when not given.</summary>
    public static Option<int?> Integer(string name, string description, int min = 1) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ParseInteger(result, name, min),
    };

    /// <summary>A whole number as a command's own argument; <paramref name="fallback"/> when not given.</summary>
    public static Argument<int> IntegerArgument(string name, string description, int fallback, int min = 1) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => fallback,
        CustomParser = result => ParseInteger(result, name, min) ?? fallback,
    };

    /// <summary>A number above or from <paramref name="min"/>; null when not given.</summary>
    public static Option<double?> Number(string name, string description, double min = 0, bool minAllowed = true) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                && (value > min || (minAllowed && value == min))) return value;
            var bound = min == double.MinValue ? "" : $" {(minAllowed ? "of at least" : "above")} {min.ToString(CultureInfo.InvariantCulture)}";
            result.AddError($"{name} is '{text}'; it must be a number{bound}.");
            return null;
        },
    };

    /// <summary>Any number as a command's own argument.</summary>
    public static Argument<double> NumberArgument(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) return value;
            result.AddError($"The {name} is '{text}'; it must be a number.");
            return 0;
        },
    };

    /// <summary>A list of numbers, separated by commas; null when not given.</summary>
    public static Option<IReadOnlyList<double>?> Numbers(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "X,X,…",
        CustomParser = result =>
        {
            var numbers = new List<double>();
            foreach (var text in result.Tokens[0].Value.Split(','))
            {
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
                {
                    numbers.Add(value);
                    continue;
                }

                result.AddError($"{name} holds '{text}', which is no number; give numbers separated by commas, without spaces.");
                return null;
            }

            return numbers;
        },
    };

    /// <summary>Text; null when not given.</summary>
    public static Option<string?> Text(string name, string description, string helpName = "TEXT", ValueSource? values = null) =>
        new SuggestingOption<string?>(name, values ?? ((_, _) => []))
        {
            Description = description,
            HelpName = helpName,
        };

    /// <summary>One of a few words; null when not given.</summary>
    public static Option<string?> Choice(string name, string description, IEnumerable<string> choices)
    {
        var allowed = choices.ToList();
        return new SuggestingOption<string?>(name, ValueSources.Words(allowed))
        {
            Description = description,
            HelpName = string.Join("|", allowed),
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (allowed.Contains(text)) return text;
                result.AddError($"{name} is '{text}'; it must be one of {string.Join(", ", allowed)}{NearestMatch.Hint(text, allowed)}.");
                return null;
            },
        };
    }

    /// <summary>Present or not.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>A size in pixels, <c>512</c> or <c>512x768</c> (width × height); null when not given.</summary>
    public static Option<PixelSize?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "WxH",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var parts = text.Split('x', 'X', ',');
            if (parts.Length is 1 or 2 && parts.All(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0))
                return new PixelSize(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[^1], CultureInfo.InvariantCulture));
            result.AddError($"{name} is '{text}'; it must be a size in pixels such as 512 or 512x768.");
            return null;
        },
    };

    private static int? ParseInteger(ArgumentResult result, string name, int min)
    {
        if (result.Tokens.Count == 0) return null;
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min) return value;
        var most = BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) && large > int.MaxValue ? $" and at most {int.MaxValue}" : "";
        result.AddError($"{name} is '{text}'; it must be a whole number of at least {min}{most}.");
        return null;
    }
}
