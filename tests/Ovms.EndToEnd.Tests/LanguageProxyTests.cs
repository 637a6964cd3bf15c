using System.ComponentModel;
using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A stream through nginx with its defaults, which collect answers before they are passed on.</summary>
public sealed class LanguageProxyTests
{
    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.SmallFolder);

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    public async Task Events_PassAsTheyCome()
    {
        LanguageServer server = await s_server.Value;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-nginx-");
        int port = FreePort.Next();
        using Process nginx = Start(folder.FullName, port, server.Server.RestPort);
        try
        {
            using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = OvmsProcess.Patience };
            using HttpResponseMessage answer = await SendAsync(http);
            await using Stream body = await answer.Content.ReadAsStreamAsync();
            int events = 0;
            string last = "";
            await foreach (SseItem<string> item in LanguageServer.EventsAsync(body))
            {
                // The second event has come while the answer is still generated, so nothing waited for its end.
                if (++events == 2)
                {
                    await Assert.That(await server.MetricAsync("requests", "running")).IsGreaterThan(0);
                }

                last = item.Data;
            }

            await Assert.That(last).IsEqualTo("[DONE]");
            await Assert.That(events).IsGreaterThan(100);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            await nginx.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    // nginx listens a moment after it started.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient http)
    {
        const string Body = """{"model":"llama","prompt":"The","stream":true,"max_tokens":1500,"n":4,"ignore_eos":true}""";
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (true)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Post, "/v3/completions") { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
                return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, patience.Token);
            }
        }
    }

    private static Process Start(string folder, int port, int upstream)
    {
        string configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(
            configuration,
            $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events { }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
                server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://127.0.0.1:{{upstream}}; } }
            }
            """);
        string unpacked = Path.Combine(Repo.Root, ".cache", "nginx");
        foreach (string program in (string[])["nginx", "/usr/sbin/nginx", Path.Combine(unpacked, "usr", "sbin", "nginx")])
        {
            try
            {
                ProcessStartInfo start = new(program, ["-c", configuration, "-p", folder, "-e", $"{folder}/error.log"]);
                if (program.StartsWith(unpacked, StringComparison.Ordinal))
                {
                    start.Environment["LD_LIBRARY_PATH"] = string.Join(
                        ':', Directory.EnumerateDirectories(unpacked, "*-linux-gnu", SearchOption.AllDirectories));
                }

                return Process.Start(start)!;
            }
            catch (Win32Exception)
            {
                // Not there: the next place.
            }
        }

        Skip.Test("nginx is neither installed nor unpacked under .cache/nginx (tests/nginx.sh fetches it from Debian).");
        throw new InvalidOperationException();
    }
}
