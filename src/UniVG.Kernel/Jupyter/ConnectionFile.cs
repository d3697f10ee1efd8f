using System.Net;
using System.Text.Json;
using UniVG.Diffusion;

namespace UniVG.Kernel.Jupyter;

/// <summary>Where a client wants to talk to the kernel; jupyter_client writes it for every kernel it starts.</summary>
internal sealed record ConnectionFile(
    string Transport,
    string Ip,
    int ShellPort,
    int IopubPort,
    int StdinPort,
    int ControlPort,
    int HbPort,
    string Key = "",
    string SignatureScheme = "hmac-sha256")
{
    /// <summary>Reads and checks a connection file.</summary>
    /// <exception cref="UniVGException">The file cannot be read, or asks for what this kernel does not do.</exception>
    public static ConnectionFile Read(string path)
    {
        try
        {
            return Check(path, JsonSerializer.Deserialize(File.ReadAllBytes(path), JupyterJson.Default.ConnectionFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UniVGException($"The connection file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The ZeroMQ address of a port.</summary>
    public string Address(int port) => $"tcp://{Ip}:{port}";

    private static ConnectionFile Check(string path, ConnectionFile? file)
    {
        if (file is null) throw new UniVGException($"The connection file '{path}' is empty.");
        if (file.Transport != "tcp") throw new UniVGException($"'{path}' asks for the transport '{file.Transport}'; only tcp is supported.");
        if (file.SignatureScheme != "hmac-sha256")
        {
            throw new UniVGException($"'{path}' asks for the signature scheme '{file.SignatureScheme}'; only hmac-sha256 is supported.");
        }

        // Whoever reaches the kernel can run any code as its user.
        return file.Ip == "localhost" || (IPAddress.TryParse(file.Ip, out var address) && IPAddress.IsLoopback(address))
            ? file with { Ip = file.Ip == "localhost" ? "127.0.0.1" : file.Ip }
            : throw new UniVGException($"'{path}' asks to listen on {file.Ip}; this kernel listens on 127.0.0.1 only.");
    }
}
