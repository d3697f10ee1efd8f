using BitMiracle.LibTiff.Classic;

namespace UniVG.Diffusion.Images;

/// <summary>A strip or tile of a TIFF picture: the unit it is compressed in.</summary>
internal sealed record TiffBlock
{
    private int Index { get; init; }

    private bool IsTile { get; init; }

    private int Bytes { get; init; }

    private int Left { get; init; }

    private int Top { get; init; }

    // Pixels of the block, which may reach over the picture's edge.
    private int Columns { get; init; }

    private int Rows { get; init; }

    private int PictureWidth { get; init; }

    private int PictureHeight { get; init; }

    // Channels stored side by side in this block, and the first of them.
    private int Channels { get; init; }

    private int FirstChannel { get; init; }

    /// <summary>All blocks of a picture; with separate planes, one after the other for each channel.</summary>
    public static IEnumerable<TiffBlock> Of(Tiff tiff, int width, int height, int channels, int bytesPerSample)
    {
        var separate = tiff.GetFieldDefaulted(TiffTag.PLANARCONFIG)?[0].ToInt() == (int)PlanarConfig.SEPARATE;
        var isTile = tiff.IsTiled();
        var columns = isTile ? tiff.GetField(TiffTag.TILEWIDTH)[0].ToInt() : width;
        var rows = isTile ? tiff.GetField(TiffTag.TILELENGTH)[0].ToInt() : Math.Min(height, tiff.GetFieldDefaulted(TiffTag.ROWSPERSTRIP)?[0].ToInt() is > 0 and var perStrip ? perStrip : height);
        if (columns < 1 || rows < 1) throw new InvalidDataException("its tiles have no size");
        var (planes, inBlock) = separate ? (channels, 1) : (1, channels);
        if ((long)columns * rows * inBlock * bytesPerSample > Array.MaxLength) throw new InvalidDataException("its tiles are too large");
        var index = 0;
        for (var plane = 0; plane < planes; plane++)
        for (var top = 0; top < height; top += rows)
        for (var left = 0; left < width; left += columns)
        {
            yield return new TiffBlock
            {
                Index = index++,
                IsTile = isTile,
                Bytes = columns * (isTile ? rows : Math.Min(rows, height - top)) * inBlock * bytesPerSample,
                Left = left,
                Top = top,
                Columns = columns,
                Rows = rows,
                PictureWidth = width,
                PictureHeight = height,
                Channels = inBlock,
                FirstChannel = plane,
            };
        }
    }

    /// <summary>Decompresses the block; null where its data are faulty.</summary>
    public byte[]? Read(Tiff tiff)
    {
        var data = new byte[Bytes];
        var read = IsTile ? tiff.ReadEncodedTile(Index, data, 0, Bytes) : tiff.ReadEncodedStrip(Index, data, 0, Bytes);
        return read < Bytes ? null : data;
    }

    /// <summary>The block's samples inside the picture: place in the block, pixel in the picture, channel.</summary>
    public IEnumerable<(int Position, int Pixel, int Channel)> Samples()
    {
        for (var y = 0; y < Math.Min(Rows, PictureHeight - Top); y++)
        for (var x = 0; x < Math.Min(Columns, PictureWidth - Left); x++)
        for (var c = 0; c < Channels; c++)
            yield return ((((y * Columns) + x) * Channels) + c, ((Top + y) * PictureWidth) + Left + x, FirstChannel + c);
    }
}
