using UniVG.Diffusion;
using UniVG.Kernel.Jupyter;

namespace UniVG.Kernel.Tests.Jupyter;

public sealed class ConnectionFileTests : IDisposable
{
    private const string Valid = """
        {"transport":"tcp","ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,
         "key":"k","signature_scheme":"hmac-sha256","kernel_name":"univg"}
        """;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_connection_file_of_jupyter_client_is_read()
    {
        var file = Read(Valid);

        Assert.Equal(("tcp://127.0.0.1:5", "k"), (file.Address(file.HbPort), file.Key));
    }

    [Theory]
    [InlineData("127.0.0.1", "0.0.0.0", "127.0.0.1 only")]
    [InlineData("\"tcp\"", "\"ipc\"", "only tcp")]
    [InlineData("hmac-sha256", "hmac-md5", "only hmac-sha256")]
    [InlineData("}", "", "cannot be read")]
    public void What_the_kernel_does_not_do_is_refused(string part, string replacement, string reason)
    {
        var error = Assert.Throws<UniVGException>(() => Read(Valid.Replace(part, replacement, StringComparison.Ordinal)));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private ConnectionFile Read(string content)
    {
        File.WriteAllText(_path, content);
        return ConnectionFile.Read(_path);
    }
}
