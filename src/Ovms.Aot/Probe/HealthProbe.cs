using System.Net.Sockets;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Probe;

/// <summary>
/// <c>ovms health</c>: asks a running server once. It is run every few seconds, so that OpenVINO is not loaded and nothing is made that
/// one call does not need.
/// </summary>
/// <param name="asked">Which server, and how long it has.</param>
internal sealed class HealthProbe(CommandLine.Health asked)
{
    /// <summary>Asks.</summary>
    /// <returns>One sentence, and 0 where the server is ready.</returns>
    public async Task<CommandLine.Exit> RunAsync()
    {
        Outcome<ServerOptions> server = asked.Server is null ? ProcessOne.Options() : asked.Server;
        if (!server.IsOk)
        {
            return No($"{server.Detail}");
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(asked.Options.TimeoutSeconds));
        ProbeTarget? target = null;
        try
        {
            // Nothing cancels the look-up of a host name.
            Outcome<ProbeTarget> found = await Task.Run(() => ProbeTarget.Of(server.Value!)).WaitAsync(limit.Token).ConfigureAwait(false);
            if (!found.IsOk)
            {
                return No($"{found.Detail}");
            }

            target = found.Value!;
            return await AskAsync(target, limit.Token).ConfigureAwait(false) is { } answer
                ? No($"The server at {target} {answer}")
                : new CommandLine.Exit(ExitCode.Ok, $"The server at {target} is ready.\n", "");
        }
        catch (OperationCanceledException)
        {
            string where = target?.ToString() ?? "its bind address";
            return No($"The server at {where} did not answer within {asked.Options.TimeoutSeconds} s (--timeout_seconds).");
        }
        catch (HttpRequestException failure)
        {
            return No(failure.InnerException is SocketException { SocketErrorCode: var code } ? NotReached(code) : Unreadable(failure));
        }
        catch (IOException failure)
        {
            return No(Unreadable(failure));
        }

        string NotReached(SocketError code) => code switch
        {
            SocketError.ConnectionRefused => $"No server listens at {target}.",
            SocketError.AddressNotAvailable when target!.IsSocketFile => $"No server listens at {target}: there is no such file.",
            _ => $"The server at {target} cannot be reached: {new SocketException((int)code).Message.TrimEnd('.')}.",
        };

        string Unreadable(Exception failure)
        {
            string port = target!.IsGrpc ? "gRPC" : "REST";
            return $"What listens at {target} does not answer as the {port} port of ovms does: {failure.Message.TrimEnd('.')}.";
        }
    }

    private static CommandLine.Exit No(string sentence) => new(ExitCode.Failure, "", $"{sentence}\n");

    private static async Task<string?> AskAsync(ProbeTarget target, CancellationToken cancellation)
    {
        // No proxy: the variables that name one are meant for calls to other machines.
        using SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, connecting) => ConnectAsync(target, connecting),
        };
        using HttpMessageInvoker client = new(handler);
        using HttpRequestMessage request = ReadyQuestion.ToRequest(target.IsGrpc);
        using HttpResponseMessage answer = await client.SendAsync(request, cancellation).ConfigureAwait(false);
        return await ReadyQuestion.ReadAsync(answer, target.IsGrpc, cancellation).ConfigureAwait(false);
    }

    private static async ValueTask<Stream> ConnectAsync(ProbeTarget target, CancellationToken cancellation)
    {
        ProtocolType protocol = target.IsSocketFile ? ProtocolType.Unspecified : ProtocolType.Tcp;
        Socket socket = new(target.Where.AddressFamily, SocketType.Stream, protocol);
        try
        {
            await socket.ConnectAsync(target.Where, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
