using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Models = Ovms.Frontends.Grpc.Protos.TensorFlowServing.ModelService.ModelServiceClient;
using Predictions = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictionService.PredictionServiceClient;

namespace Ovms.EndToEnd.Tests;

/// <summary>A language model that comes to a server of another model, on a machine whose CPUs are split between models.</summary>
public sealed class LanguageBesideTests
{
    private const string PagedLibrary = "libovms_paged.so";
    private const string TokenizersLibrary = "libopenvino_tokenizers.so";

    [Test]
    public async Task LanguageModel_BringsItsLibrariesAndKeepsToItsCpus_AndInferenceApisKnowIt()
    {
        Skip.When(Environment.ProcessorCount < 2, "One CPU cannot be split.");
        string folder = JsonSerializer.Serialize(LanguageServer.TrainedFolder);
        const string Dummy = """{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}""";
        using FakeRoot machine = new(quota: "max 100000");
        using ConfigFolder config = new($$"""{"model_config_list": [{{Dummy}}]}""");
        await using OvmsServer process = await config.StartAsync(
            "Ready after", "--cpu_facts_root", machine.Path, "--cpu_partition", "split", "--metrics_enable");
        await Assert.That(await InferAsync(process)).IsEqualTo(2f);
        string before = await MapsAsync(process);
        await Assert.That(before).DoesNotContain(PagedLibrary).And.DoesNotContain(TokenizersLibrary);

        await File.WriteAllTextAsync(
            config.File, $$"""{"model_config_list": [{{Dummy}}, {"config": {"name": "chat", "base_path": {{folder}} } }]}""");
        using (HttpResponseMessage reload = await process.Http.PostAsync("/v1/config/reload", null))
        {
            await Assert.That(reload.IsSuccessStatusCode).IsTrue().Because(await reload.Content.ReadAsStringAsync());
        }

        string after = await MapsAsync(process);
        await Assert.That(after).Contains(PagedLibrary).And.Contains(TokenizersLibrary);

        // Half of two CPUs is one thread that computes; with both of them two threads would compute as much.
        LanguageServer chat = new(process, "chat");
        Dictionary<string, long> idle = Ticks(process);
        Task<JsonElement> answer = chat.AnswerAsync(
            "completions", $"\"prompt\":[{string.Join(',', Enumerable.Range(1000, 1500))}],\"max_tokens\":1");
        await Assert.That(await InferAsync(process)).IsEqualTo(2f);
        await answer;
        long[] computed = [.. Ticks(process).Select(thread => thread.Value - idle.GetValueOrDefault(thread.Key)).OrderDescending()];
        await Assert.That(computed[0]).IsGreaterThan(50);
        await Assert.That(computed[1]).IsLessThan(computed[0] / 4);

        // TensorFlow Serving's API knows its state; both inference APIs say where text is made.
        GetModelStatusResponse status = await new Models(process.Channel).GetModelStatusAsync(
            new GetModelStatusRequest { ModelSpec = new ModelSpec { Name = "chat" } });
        await Assert.That(status.ModelVersionStatus.Single().State).IsEqualTo(ModelVersionStatus.Types.State.Available);
        await Assert.That(status.ModelVersionStatus.Single().Status.ErrorMessage).IsEqualTo("OK");
        RpcException predict = await Fault.OfAsync(async () => await new Predictions(process.Channel).PredictAsync(
            new PredictRequest { ModelSpec = new ModelSpec { Name = "chat" } }));
        RpcException infer = await Fault.OfAsync(
            async () => await process.Client.ModelInferAsync(new ModelInferRequest { ModelName = "chat" }));
        foreach (RpcException fault in (RpcException[])[predict, infer])
        {
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
            await Assert.That(fault.Status.Detail)
                .Contains("chat generates text: send requests to /v3/chat/completions or /v3/completions");
        }
    }

    private static async Task<float> InferAsync(OvmsServer server)
    {
        float[] ones = [.. Enumerable.Repeat(1f, 10)];
        return (await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], ones))).Values<float>("a")[0];
    }

    private static Task<string> MapsAsync(OvmsServer server) => File.ReadAllTextAsync($"/proc/{server.Process.Id}/maps");

    // Hundredths of a second that each thread has computed.
    private static Dictionary<string, long> Ticks(OvmsServer server)
    {
        Dictionary<string, long> ticks = [];
        foreach (string thread in Directory.GetDirectories($"/proc/{server.Process.Id}/task"))
        {
            try
            {
                string[] fields = File.ReadAllText($"{thread}/stat").Split(") ")[^1].Split(' ');
                ticks[thread] = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return ticks;
    }
}
