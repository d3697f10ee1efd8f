using System.Buffers.Binary;
using System.Text;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// The cure that lets TorchSharp's native library load on systems whose libstdc++ is older than GCC 13.2 (Debian 12, Ubuntu 22.04).
/// </summary>
/// <remarks>
/// libLibTorchSharp.so 0.107 asks for symbol version GLIBCXX_3.4.32 on account of one marker symbol that is never called.
/// In the ELF section .gnu.version_r that entry is rewritten to ask for GLIBCXX_3.4, which every libstdc++ has: the hash and
/// the name of the one entry are copied over the other.
/// </remarks>
public static class LibTorchSharpPatch
{
    private const uint VersionNeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const string UnavailableVersion = "GLIBCXX_3.4.32";
    private const string UniversalVersion = "GLIBCXX_3.4";

    /// <summary>Rewrites the version requirement in place.</summary>
    /// <param name="elf">A 64-bit little-endian ELF shared object.</param>
    /// <returns>Whether an entry was rewritten; false leaves the bytes as they were.</returns>
    public static bool Apply(Span<byte> elf)
    {
        if (elf.Length < 64 || !elf[..4].SequenceEqual("\u007fELF"u8)) return false;

        var sectionTable = BinaryPrimitives.ReadInt64LittleEndian(elf[0x28..]);
        int sectionSize = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3A..]);
        int sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3C..]);
        for (var i = 0; i < sectionCount; i++)
        {
            var section = elf[(int)(sectionTable + (i * sectionSize))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != VersionNeedSection) continue;
            var offset = (int)BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]);
            if (RetargetLibraries(elf, offset)) return true;
        }

        return false;
    }

    // Elf64_Verneed: version, count, file, first entry, next library (16 bytes, all offsets relative to their own record).
    private static bool RetargetLibraries(Span<byte> elf, int library)
    {
        while (true)
        {
            int entries = BinaryPrimitives.ReadUInt16LittleEndian(elf[(library + 2)..]);
            var entry = library + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(library + 8)..]);
            if (RetargetEntry(elf, entry, entries)) return true;

            var next = BinaryPrimitives.ReadUInt32LittleEndian(elf[(library + 12)..]);
            if (next == 0) return false;
            library += (int)next;
        }
    }

    // Elf64_Vernaux: hash, flags, version index, name, next entry (16 bytes).
    private static bool RetargetEntry(Span<byte> elf, int entry, int count)
    {
        int unavailable = -1, universal = -1;
        for (var i = 0; i < count; i++)
        {
            var hash = BinaryPrimitives.ReadUInt32LittleEndian(elf[entry..]);
            if (hash == ElfHash(UnavailableVersion)) unavailable = entry;
            if (hash == ElfHash(UniversalVersion)) universal = entry;
            entry += (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(entry + 12)..]);
        }

        if (unavailable < 0 || universal < 0) return false;
        elf.Slice(universal, 4).CopyTo(elf[unavailable..]);
        elf.Slice(universal + 8, 4).CopyTo(elf[(unavailable + 8)..]);
        return true;
    }

    // System V ABI, "Hash Table".
    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (var b in Encoding.ASCII.GetBytes(name))
        {
            hash = (hash << 4) + b;
            var high = hash & 0xf0000000;
            if (high != 0) hash ^= high >> 24;
            hash &= ~high;
        }

        return hash;
    }
}
