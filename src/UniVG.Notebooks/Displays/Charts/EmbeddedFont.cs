using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ScottPlot;
using SkiaSharp;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>
/// Inter, the font of every picture with text that this assembly draws. It is embedded because a fresh Linux machine (and every
/// container) has no font at all, and Skia then draws charts without a single label.
/// </summary>
/// <remarks>
/// The two weights are read out of the assembly of the package Avalonia.Fonts.Inter, where they lie as Avalonia resources: an
/// index (int32 length, int32 version, int32 count, then path, int32 offset and int32 size for each file) followed by the files.
/// </remarks>
internal sealed class EmbeddedFont : IFontResolver
{
    /// <summary>The family name under which ScottPlot finds the font.</summary>
    public const string Family = "Inter";

    private static readonly Lazy<(SKTypeface Regular, SKTypeface SemiBold)> Faces = new(ReadFaces);

    private EmbeddedFont()
    {
    }

    /// <summary>The text weight.</summary>
    public static SKTypeface Regular => Faces.Value.Regular;

    /// <summary>The weight of titles.</summary>
    public static SKTypeface SemiBold => Faces.Value.SemiBold;

    /// <summary>Makes the font known to ScottPlot under <see cref="Family"/>; further calls do nothing.</summary>
    public static void EnsureRegistered()
    {
        lock (Faces)
        {
            if (!Fonts.FontResolvers.Any(resolver => resolver is EmbeddedFont))
                Fonts.FontResolvers.Insert(0, new EmbeddedFont());
        }
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing)
        => CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic)
        => fontName != Family ? null : bold ? SemiBold : Regular;

    private static (SKTypeface Regular, SKTypeface SemiBold) ReadFaces()
    {
        using var assembly = typeof(EmbeddedFont).Assembly.GetManifestResourceStream("Avalonia.Fonts.Inter.dll")
            ?? throw new InvalidOperationException("The font is not embedded in this build.");
        using var pe = new PEReader(assembly);
        var resources = ReadResource(pe, "!AvaloniaResources");
        return (ReadFace(resources, "Inter-Regular.ttf"), ReadFace(resources, "Inter-SemiBold.ttf"));
    }

    private static byte[] ReadResource(PEReader pe, string name)
    {
        var metadata = pe.GetMetadataReader();
        var resource = metadata.ManifestResources.Select(metadata.GetManifestResource)
            .Single(entry => metadata.GetString(entry.Name) == name);
        var all = pe.GetSectionData(pe.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
        var reader = all.GetReader((int)resource.Offset, all.Length - (int)resource.Offset);
        return reader.ReadBytes(reader.ReadInt32());
    }

    private static SKTypeface ReadFace(byte[] resources, string fileName)
    {
        using var reader = new BinaryReader(new MemoryStream(resources));
        var filesStart = sizeof(int) + reader.ReadInt32();
        _ = reader.ReadInt32();
        for (var remaining = reader.ReadInt32(); remaining > 0; remaining--)
        {
            var path = reader.ReadString();
            var offset = reader.ReadInt32();
            var size = reader.ReadInt32();
            if (path.EndsWith(fileName, StringComparison.Ordinal))
                return SKTypeface.FromData(SKData.CreateCopy(resources.AsSpan(filesStart + offset, size)));
        }

        throw new InvalidOperationException($"The embedded font package holds no {fileName}.");
    }
}
