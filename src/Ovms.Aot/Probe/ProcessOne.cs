using System.Text;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Probe;

/// <summary>The options of the server that is process 1: in a container, the one whose health is asked for.</summary>
internal static class ProcessOne
{
    private const string Program = "ovms";
    private const string CommandLineFile = "/proc/1/cmdline";

    // Leads through the file system as process 1 sees it.
    private const string Folder = "/proc/1/cwd";
    private const string Remedy = "Give --port, --rest_port, --grpc_uds or --rest_uds";

    /// <summary>Reads its arguments with the server's parser.</summary>
    /// <returns>The options, or why there are none.</returns>
    public static Outcome<ServerOptions> Options()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Refuse("Only on Linux does ovms health find the server's address by itself");
        }

        try
        {
            return OptionsOf(File.ReadAllBytes(CommandLineFile));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refuse($"No address is given, and the arguments of process 1 cannot be read: {failure.Message.TrimEnd('.')}");
        }
    }

    /// <summary>The same of the bytes in its <c>cmdline</c> file: each argument with a zero behind it.</summary>
    internal static Outcome<ServerOptions> OptionsOf(byte[] commandLine)
    {
        string[] arguments = Encoding.UTF8.GetString(commandLine).TrimEnd('\0').Split('\0');
        if (arguments[0].Split('/')[^1] != Program)
        {
            string what = arguments[0].Length > 0 ? arguments[0] : "without arguments";
            return Refuse($"No address is given, and process 1 is not {Program} but {what}");
        }

        ServerOptions server = HealthCommandLine.OfRunningServer(arguments.AsSpan(1));
        return server is { Port: 0, RestPort: 0, GrpcUds: "", RestUds: "" }
            ? Refuse($"No address is given, and {Program} as process 1 listens nowhere")
            : server with { GrpcUds = Absolute(server.GrpcUds), RestUds = Absolute(server.RestUds) };
    }

    private static string Absolute(string path) => path.Length == 0 ? path : Path.Combine(Folder, path);

    private static Outcome Refuse(string why) => Outcome.Fail(StatusCode.OptionsUsageError, $"{why}. {Remedy}.");
}
