using BitMiracle.LibTiff.Classic;

namespace UniVG.Diffusion.Tests.Images;

/// <summary>Writes TIFF files of many kinds.</summary>
internal sealed record TestTiff(int Width, int Height, int Bits, int Channels)
{
    public SampleFormat Format { get; init; } = SampleFormat.UINT;

    public Photometric Photometric { get; init; } = Photometric.MINISBLACK;

    public Compression Compression { get; init; } = Compression.LZW;

    public bool Tiled { get; init; }

    public bool SeparatePlanes { get; init; }

    public int Orientation { get; init; } = 1;

    public ExtraSample? Alpha { get; init; }

    public ushort[]? Palette { get; init; }

    public string Mode { get; init; } = "w";

    public int Pages { get; init; } = 1;

    // The samples' bytes in this machine's order, row by row; with separate planes, plane by plane.
    public byte[] Encode(byte[] samples)
    {
        using var file = new MemoryStream();
        using (var tiff = Tiff.ClientOpen("test", Mode, file, new TiffStream()))
        {
            for (var page = 0; page < Pages; page++)
            {
                WriteTags(tiff);
                WriteSamples(tiff, samples);
                tiff.WriteDirectory();
            }

            tiff.Flush();
            return file.ToArray();
        }
    }

    private void WriteTags(Tiff tiff)
    {
        tiff.SetField(TiffTag.IMAGEWIDTH, Width);
        tiff.SetField(TiffTag.IMAGELENGTH, Height);
        tiff.SetField(TiffTag.BITSPERSAMPLE, Bits);
        tiff.SetField(TiffTag.SAMPLESPERPIXEL, Channels);
        tiff.SetField(TiffTag.SAMPLEFORMAT, Format);
        tiff.SetField(TiffTag.PHOTOMETRIC, Photometric);
        tiff.SetField(TiffTag.COMPRESSION, Compression);
        tiff.SetField(TiffTag.ORIENTATION, (Orientation)Orientation);
        tiff.SetField(TiffTag.PLANARCONFIG, SeparatePlanes ? PlanarConfig.SEPARATE : PlanarConfig.CONTIG);
        if (Alpha is { } alpha) tiff.SetField(TiffTag.EXTRASAMPLES, 1, new[] { (short)alpha });
        if (Palette is { } p) tiff.SetField(TiffTag.COLORMAP, p[..(p.Length / 3)], p[(p.Length / 3)..(p.Length * 2 / 3)], p[(p.Length * 2 / 3)..]);
        if (Tiled)
        {
            tiff.SetField(TiffTag.TILEWIDTH, 16);
            tiff.SetField(TiffTag.TILELENGTH, 16);
        }
        else
        {
            tiff.SetField(TiffTag.ROWSPERSTRIP, 2);
        }
    }

    private void WriteSamples(Tiff tiff, byte[] samples)
    {
        var inRow = Width * (SeparatePlanes ? 1 : Channels) * Bits / 8;
        for (var plane = 0; plane < (SeparatePlanes ? Channels : 1); plane++)
        {
            var data = samples.AsSpan(plane * inRow * Height, inRow * Height);
            if (Tiled) WriteTiles(tiff, data.ToArray(), (short)plane);
            else
                for (var y = 0; y < Height; y++) tiff.WriteScanline(data.Slice(y * inRow, inRow).ToArray(), 0, y, (short)plane);
        }
    }

    private void WriteTiles(Tiff tiff, byte[] data, short plane)
    {
        var pixel = (SeparatePlanes ? 1 : Channels) * Bits / 8;
        for (var top = 0; top < Height; top += 16)
        for (var left = 0; left < Width; left += 16)
        {
            var tile = new byte[16 * 16 * pixel];
            for (var y = 0; y < Math.Min(16, Height - top); y++)
                data.AsSpan((((top + y) * Width) + left) * pixel, Math.Min(16, Width - left) * pixel).CopyTo(tile.AsSpan(y * 16 * pixel));
            tiff.WriteTile(tile, 0, left, top, 0, plane);
        }
    }
}
