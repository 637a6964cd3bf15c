using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Mistakes of people who serve a language model for the first time: each is told, at the start and by the check.</summary>
public sealed class LanguageMistakeTests
{
    [Test]
    public async Task ValueThatIsNotAllowedInAFile_FailsItsModelAtCheckAndStart()
    {
        string folder = JsonSerializer.Serialize(LanguageServer.SmallFolder);
        using ConfigFolder config = new(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "wrong", "base_path": {{{folder}}}, "max_num_seqs": 0, "task": "embeddings"}},
                {"config": {"name": "right", "base_path": {{{JsonSerializer.Serialize(Repo.Model("dummy"))}}}}}
            ]}
            """);
        const string Told = "$.model_config_list[0].config.max_num_seqs: '0' is not a whole number from 1 to 65536; "
            + "$.model_config_list[0].config.task: 'embeddings' is not one of text_generation, none";
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", "--config_path", config.File]);
        await Assert.That(output + errors).Contains(Told);
        await Assert.That(code).IsEqualTo(1);

        await using OvmsServer server = await config.StartAsync("model right status change. New status: ( \"state\": \"AVAILABLE\"");
        await Assert.That(server.Process.Output).Contains(Told);
        using HttpResponseMessage models = await server.Http.GetAsync("/v3/models");
        await Assert.That(await models.Content.ReadAsStringAsync()).DoesNotContain("wrong");
    }

    [Test]
    public async Task FaultyGraphBesideTheModel_EndsTheStartAndTheCheck()
    {
        using ConfigFolder folder = new("{}");
        string path = LinkModel(folder);
        folder.Write("m/graph.pbtxt", "node { calculator: \"OpenVINOInferenceCalculator\" }");
        string[] arguments = ["--model_path", path, "--allow_outside_paths"];
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", .. arguments]);
        await Assert.That(output + errors).Contains("the graph has no input_stream");
        await Assert.That(code).IsEqualTo(1);
        (code, output, errors) = await OvmsProcess.RunAsync(
            [.. arguments, "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1"]);
        await Assert.That(output.Split('\n')[^1]).Contains("the graph has no input_stream").Because(output + errors);
        await Assert.That(code).IsEqualTo(1);
    }

    [Test]
    public async Task ModelWithoutATemplate_IsToldAtLoadAndInChat()
    {
        using ConfigFolder folder = new("{}");
        string path = LinkModel(folder, "chat_template.jinja", "openvino_tokenizer.xml");
        string tokenizer = await File.ReadAllTextAsync(Path.Combine(LanguageServer.SmallFolder, "openvino_tokenizer.xml"));
        folder.Write("m/openvino_tokenizer.xml", Regex.Replace(tokenizer, "<chat_template value=\"[^\"]*\"", "<chat_template value=\"\""));
        await using OvmsServer server = await OvmsServer.StartAsync(path, "m", "--allow_outside_paths");
        await Assert.That(server.Process.Output).Contains("template: none, so chat answers 400; in ");
        (int status, string error) = await new LanguageServer(server, "m").RefusalAsync(
            "chat/completions", """ "messages":[{"role":"user","content":"hi"}]""");
        await Assert.That(error).Contains("tokenizer IR, chat_template.jinja, chat_template.json or tokenizer_config.json");
        await Assert.That(status).IsEqualTo(400);
    }

    [Test]
    public async Task PathThatNamesNoLanguageModel_IsToldWithWhatIsThere()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync(["--model_path", "/no/such/folder", "--rest_port", $"{FreePort.Next()}"]);
        await Assert.That(errors).StartsWith("Use config_path or model_path with model_name").And.Contains("/no/such/folder does not exist");
        await Assert.That(code).IsEqualTo(64);
    }

    [Test]
    public async Task OptionsAndBodiesThatDoNotFit_AreTold()
    {
        await using LanguageServer language = await LanguageServer.StartAsync(
            LanguageServer.SmallFolder, "--nireq", "4", "--shape", "auto");
        OvmsServer server = language.Server;
        await Assert.That(server.Process.Output).Contains("nireq, shape: no effect on a language model");
        foreach ((string body, string told) in new[] { ("{", "Cannot parse JSON body"), ("[]", "JSON body must be an object") })
        {
            using HttpResponseMessage answer =
                await server.Http.PostAsync("/v3/completions", new StringContent(body, Encoding.UTF8, "application/json"));
            await Assert.That(await answer.Content.ReadAsStringAsync()).Contains(told);
            await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.BadRequest);
        }

        JsonElement config = JsonPath.Parse(await server.Http.GetStringAsync("/v2/models/llama/config"));
        await Assert.That(config.At("max_batch_size").GetInt32()).IsEqualTo(0);
    }

    [Test]
    public async Task CacheLargerThanMemory_IsNamedWhereItCannotBeMade()
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", LanguageServer.SmallFolder, "--cache_size", "1000000", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1"]);
        await Assert.That(output.Split('\n')[^1]).Contains("cache_size asks for a KV cache of 1000000 GiB").Because(output + errors);
        await Assert.That(code).IsEqualTo(1);
    }

    [Test]
    public async Task ServerWithoutARestPort_SaysThatNobodyReachesItsLanguageModel()
    {
        await using OvmsProcess process = OvmsProcess.Start(
            ["--model_path", LanguageServer.SmallFolder, "--port", $"{FreePort.Next()}", "--grpc_bind_address", "127.0.0.1"]);
        await process.WaitForLineAsync(
            static line => line.Contains("text is generated over HTTP only, and no rest_port is set", StringComparison.Ordinal));
    }

    // The small model in folder m, without some of its files.
    private static string LinkModel(ConfigFolder folder, params string[] without)
    {
        string path = Path.Combine(folder.Path, "m");
        Directory.CreateDirectory(path);
        foreach (string file in Directory.EnumerateFiles(LanguageServer.SmallFolder).Where(file => !without.Contains(Path.GetFileName(file))))
        {
            File.CreateSymbolicLink(Path.Combine(path, Path.GetFileName(file)), file);
        }

        return path;
    }
}
