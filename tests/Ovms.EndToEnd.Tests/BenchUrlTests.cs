using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary><c>ovms bench --url</c>: a running server is measured, or it is said why it cannot be.</summary>
public sealed class BenchUrlTests
{
    private static SocketFolder s_folder = null!;
    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer()
    {
        s_folder = new();
        s_server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_uds", s_folder["g"], "--rest_uds", s_folder["r"]);
    }

    [After(Class)]
    public static async Task StopServer()
    {
        await (s_server?.DisposeAsync() ?? default);
        s_folder?.Dispose();
    }

    [Test]
    [Arguments("grpc", "gRPC")]
    [Arguments("http", "REST binary, REST JSON")]
    [Arguments("unix-g", "gRPC")]
    [Arguments("unix-r", "REST binary, REST JSON")]
    public async Task RunningServer_IsMeasuredOverItsAddress(string address, string ways)
    {
        using JsonDocument report = await MeasureAsync("--url", Url(address), "--model_name", "dummy", "--concurrency", "2");
        JsonElement[] rows = [.. report.RootElement.GetProperty("rows").EnumerateArray()];
        await Assert.That(string.Join(", ", rows.Select(static row => row.GetProperty("way").GetString()))).IsEqualTo(ways);
        foreach (JsonElement row in rows)
        {
            await Assert.That(row.GetProperty("calls").GetInt64()).IsGreaterThan(0);
            await Assert.That(row.GetProperty("share_of_raw").ValueKind).IsEqualTo(JsonValueKind.Null);
        }

        await Assert.That(report.RootElement.GetProperty("device").GetString()).IsEqualTo(Url(address));
        await Assert.That(report.RootElement.GetProperty("verdict").GetString()).Contains("calls a second");
    }

    [Test]
    public async Task EngineBeside_IsMeasuredWithTheSameRequest()
    {
        using JsonDocument report = await MeasureAsync(
            "--url", Url("grpc"), "--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--concurrency", "2");
        JsonElement[] rows = [.. report.RootElement.GetProperty("rows").EnumerateArray()];
        await Assert.That(string.Join(", ", rows.Select(static row => row.GetProperty("way").GetString()))).IsEqualTo("raw, gRPC");
        await Assert.That(rows[1].GetProperty("share_of_raw").GetDouble()).IsGreaterThan(0);
        await Assert.That(report.RootElement.GetProperty("verdict").GetString()).Contains("of the engine alone");
    }

    [Test]
    [Arguments("grpc", "nobody", "(gRPC status 5): Model with requested name is not found")]
    [Arguments("http", "nobody", "(HTTP 404): {\"error\":\"Model with requested name is not found")]
    [Arguments("grpc-at-rest", "dummy", "does not answer as a gRPC server of KServe's API")]
    [Arguments("http-at-grpc", "dummy", "a gRPC port is given as grpc://HOST:PORT")]
    [Arguments("unix-none", "dummy", "there is no such file. Start the server with --grpc_uds")]
    [Arguments("nobody", "dummy", "Start the server, or give the address where it listens")]
    public async Task WhatCannotBeMeasured_IsSaidWithTheAddress(string address, string model, string reason)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["bench", "--url", Url(address), "--model_name", model, "--duration", "1"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).IsEqualTo("");
        await Assert.That(errors).Contains(reason);
        await Assert.That(errors).Contains(Url(address));
    }

    [Test]
    public async Task OtherModelBeside_IsRefused()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync(
            ["bench", "--url", Url("grpc"), "--model_name", "dummy", "--model_path", Repo.Model("squeezenet"), "--duration", "1"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(errors).Contains("is not that of the server");
    }

    [Test]
    [Arguments("grpc")]
    [Arguments("http")]
    public async Task ServerThatRefuses_IsAnErrorWithItsText_NotFigures(string address)
    {
        await using OvmsServer full = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "m", "--nireq", "1", "--infer_queue_size", "1");
        string url = address == "grpc" ? $"grpc://127.0.0.1:{full.GrpcPort}" : $"http://127.0.0.1:{full.RestPort}";
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["bench", "--url", url, "--model_name", "m", "--concurrency", "16", "--duration", "2"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).IsEqualTo("");
        await Assert.That(errors).Contains($"{url} answers the measured");
        await Assert.That(errors).Contains("All 1 infer requests are busy");
    }

    private static async Task<JsonDocument> MeasureAsync(params string[] options)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["bench", .. options, "--duration", "1", "--json"]);
        await Assert.That(code).IsEqualTo(0).Because(errors);
        return JsonDocument.Parse(output);
    }

    private static string Url(string address) => address switch
    {
        "grpc" => $"grpc://127.0.0.1:{s_server.GrpcPort}",
        "http" => $"http://127.0.0.1:{s_server.RestPort}",
        "grpc-at-rest" => $"grpc://127.0.0.1:{s_server.RestPort}",
        "http-at-grpc" => $"http://127.0.0.1:{s_server.GrpcPort}",
        "unix-none" => $"unix:{s_folder["none"]}",
        "nobody" => "grpc://127.0.0.1:1",
        _ => $"unix:{s_folder[address[^1..]]}",
    };
}
