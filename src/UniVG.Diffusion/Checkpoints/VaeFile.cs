namespace UniVG.Diffusion.Checkpoints;

/// <summary>A VAE that is given apart from its model: a file in the LDM or the diffusers layout, a diffusers folder, or a whole checkpoint.</summary>
public static class VaeFile
{
    /// <summary>Opens it; weights are read when they are asked for.</summary>
    /// <exception cref="CheckpointException">There is no VAE, or it is damaged.</exception>
    public static CheckpointPart Open(string path, CheckpointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new CheckpointOptions();
        if (Directory.Exists(path))
        {
            var sub = Path.Combine(path, "vae");
            return DiffusersFolder.OpenVae(Directory.Exists(sub) ? sub : path);
        }

        var file = TensorFile.Open(path);
        try
        {
            return Read(path, file, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static CheckpointPart Read(string path, ITensorFile file, CheckpointOptions options)
    {
        var prefix = file.Tensors.Keys.Any(k => k.StartsWith(LdmKeyMap.VaePrefix, StringComparison.Ordinal)) ? LdmKeyMap.VaePrefix : "";
        var isLdm = file.Tensors.ContainsKey($"{prefix}encoder.down.0.block.0.conv1.weight");
        var map = LdmCheckpoint.VaeMapOf(file.Tensors.Keys, prefix);
        var keys = new ComponentKeys(CheckpointPart.Names.Vae, file);
        foreach (var key in file.Tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)))
        {
            keys.Add(key, isLdm ? map.ToDiffusers(LdmKeyMap.VaePrefix + key[prefix.Length..]) : DiffusersNames.Vae(key));
        }

        if (!keys.Weights.ContainsKey("decoder.conv_in.weight"))
        {
            throw new CheckpointException($"'{path}' holds no VAE ({CheckpointKinds.Contents(file)}).", path);
        }

        var config = Path.Combine(Path.GetDirectoryName(file.Path) ?? "", "config.json");
        return keys.ToPart(!isLdm && File.Exists(config)
            ? File.ReadAllText(config)
            : new DerivedConfig(path, keys.Weights).Vae(options.NormGroups));
    }
}
