using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Each way to say what language model is served; and folders, options and graphs that cannot be served.</summary>
public sealed class LanguageSourceTests
{
    private const string Prompt = """ "prompt":"The licence","max_tokens":2,"ignore_eos":true""";

    [Test]
    public async Task Folder_IsServedUnderItsName()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.SmallFolder);
        await server.AnswerAsync("completions", Prompt);
        await Assert.That(server.Server.Process.Output).Contains("paged attention");
    }

    [Test]
    public async Task Task_IsGivenOrWithheld()
    {
        await using OvmsServer asked = await OvmsServer.StartAsync(LanguageServer.SmallFolder, "m", "--task", "text_generation");
        await new LanguageServer(asked, "m").AnswerAsync("completions", Prompt);

        await using OvmsServer plain = await OvmsServer.StartAsync(LanguageServer.SmallFolder, "m", "--task", "none");
        (int status, _) = await new LanguageServer(plain, "m").RefusalAsync("completions", Prompt);
        await Assert.That(status).IsEqualTo(400);
        const string Inputs = """
            {"inputs":[{"name":"input_ids","shape":[1,2],"datatype":"INT64","data":[300,301]},
            {"name":"attention_mask","shape":[1,2],"datatype":"INT64","data":[1,1]},
            {"name":"position_ids","shape":[1,2],"datatype":"INT64","data":[0,1]},
            {"name":"beam_idx","shape":[1],"datatype":"INT32","data":[0]}]}
            """;
        using HttpResponseMessage answer = await plain.Http.PostAsync("/v2/models/m/infer", new StringContent(Inputs));
        await Assert.That(JsonPath.Parse(await answer.Content.ReadAsStringAsync()).Text("outputs.0.name")).IsEqualTo("logits");
    }

    [Test]
    public async Task ConfigurationFile_NamesFoldersAndGraphs()
    {
        string folder = JsonSerializer.Serialize(LanguageServer.SmallFolder);
        using ConfigFolder config = new(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "org/name", "base_path": {{{folder}}}, "max_tokens_limit": 50}},
                {"config": {"name": "entry_of_graph", "base_path": "graphs/first"}},
                {"config": {"name": "plain", "base_path": {{{folder}}}, "task": "none"}}
            ],
            "mediapipe_config_list": [{"name": "graph", "base_path": "graphs/second"}, {"name": "named", "base_path": "graphs", "graph_path": "third.pbtxt"}]}
            """);
        config.Write("graphs/first/graph.pbtxt", Graph(LanguageServer.SmallFolder, "max_num_seqs: 8"));
        config.Write("graphs/second/graph.pbtxt", Graph(LanguageServer.SmallFolder, "max_tokens_limit: 60"));
        config.Write("graphs/third.pbtxt", Graph(LanguageServer.SmallFolder, "enable_prefix_caching: true"));
        await using OvmsServer process = await config.StartAsync("Ready after");
        foreach (string name in (string[])["org/name", "entry_of_graph", "graph", "named"])
        {
            await new LanguageServer(process, name).AnswerAsync("completions", Prompt);
        }

        (_, string error) = await new LanguageServer(process, "graph").RefusalAsync("completions", "\"prompt\":\"a\",\"max_tokens\":60");
        await Assert.That(error).Contains("max_tokens exceeds limit provided in graph config: 60");
        foreach (string path in (string[])["/v3/models/org/name", "/v3/models/org%2Fname", "/v1/models/org%2Fname"])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.UserAgent.ParseAdd("OpenAI/Python");
            using HttpResponseMessage answer = await process.Http.SendAsync(request);
            await Assert.That(JsonPath.Parse(await answer.Content.ReadAsStringAsync()).Text("id")).IsEqualTo("org/name").Because(path);
        }
    }

    [Test]
    public async Task Repository_HoldsFoldersAndGraphs()
    {
        using ConfigFolder repository = new("");
        File.Delete(repository.File);
        Copy(LanguageServer.SmallFolder, Path.Combine(repository.Path, "folder"));
        Copy(LanguageServer.SmallFolder, Path.Combine(repository.Path, "numbered", "1"));
        Copy(LanguageServer.SmallFolder, Path.Combine(repository.Path, "graph"));
        repository.Write("graph/graph.pbtxt", Graph("./", ""));
        await using OvmsServer process = await OvmsServer.StartOnAsync("Ready after", null, "--model_repository_path", repository.Path);
        foreach (string name in (string[])["folder", "numbered", "graph"])
        {
            await new LanguageServer(process, name).AnswerAsync("completions", Prompt);
        }
    }

    [Test]
    public async Task GraphOfTheCommandLine_IsServed()
    {
        using ConfigFolder folder = new("{}");
        folder.Write("chat/graph.pbtxt", Graph(LanguageServer.SmallFolder, "max_tokens_limit: 70"));
        string path = Path.Combine(folder.Path, "chat");
        await using OvmsServer unnamed = await OvmsServer.StartOnAsync("Ready after", null, "--model_path", path);
        (_, string error) = await new LanguageServer(unnamed, "chat").RefusalAsync("completions", "\"prompt\":\"a\",\"max_tokens\":70");
        await Assert.That(error).Contains("max_tokens exceeds limit provided in graph config: 70");
    }

    [Test]
    [Arguments("--target_device", "HETERO:CPU", "a language model runs on one device, not on HETERO:CPU")]
    [Arguments("--pipeline_type", "VLM", "pipeline_type: VLM takes images or speech, which is not served yet")]
    [Arguments("--draft_source_model", "x", "draft_source_model: speculative decoding is not served yet")]
    [Arguments("--plugin_config", "{\"prompt_lookup\": true}", "prompt_lookup is speculative decoding, which is not served yet")]
    [Arguments("--model_distribution_policy", "PIPELINE_PARALLEL", "model_distribution_policy: a language model runs on one device")]
    public async Task OptionThatCannotBeFollowed_EndsTheStartAndTheCheck(string option, string value, string text)
    {
        string[] arguments = ["--model_path", LanguageServer.SmallFolder, "--model_name", "m", option, value];
        await RefusesAsync(arguments, text);
    }

    [Test]
    public async Task FolderWithoutTokenizer_NamesTheCommandThatMakesOne()
    {
        using ConfigFolder folder = new("{}");
        string path = Path.Combine(folder.Path, "m");
        Copy(LanguageServer.SmallFolder, path);
        File.Delete(Path.Combine(path, "openvino_tokenizer.xml"));
        await RefusesAsync(["--model_path", path, "--model_name", "m", "--task", "text_generation"], "convert_tokenizer");
    }

    [Test]
    [Arguments("openvino_tokenizer.xml")]
    [Arguments("openvino_detokenizer.xml")]
    public async Task FolderWithoutTaskAndTokenizer_IsServedForInferenceAndNamesTheCommand(string missing)
    {
        using ConfigFolder folder = new("{}");
        string path = Path.Combine(folder.Path, "m");
        Copy(LanguageServer.SmallFolder, path);
        File.Delete(Path.Combine(path, missing));

        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", "--model_path", path, "--model_name", "m"]);
        await Assert.That(code).IsEqualTo(0).Because(output + errors);
        await Assert.That(output + errors).Contains($"has no {Path.Combine(path, missing)}");
        await using OvmsServer server = await OvmsServer.StartAsync(path, "m");
        await Assert.That(server.Process.Output).Contains($"has no {Path.Combine(path, missing)}").And.Contains("convert_tokenizer");
        JsonElement metadata = JsonPath.Parse(await server.Http.GetStringAsync("/v2/models/m"));
        await Assert.That(metadata.Text("outputs.0.name")).IsEqualTo("logits");
        (int status, string error) = await new LanguageServer(server, "m").RefusalAsync("completions", Prompt);
        await Assert.That(error).Contains("is a model for inference");
        await Assert.That(status).IsEqualTo(400);
    }

    [Test]
    public async Task FolderWithoutTheModelsFile_IsNoLanguageModel() =>
        await RefusesAsync(["--model_path", Repo.Model("dummy"), "--model_name", "m", "--task", "text_generation"], "openvino_model.xml");

    [Test]
    public async Task ModelWithoutState_IsNoLanguageModel()
    {
        using ConfigFolder folder = new("{}");
        folder.Copy("tokenizers/spm_bpe", "m");
        folder.Write("m/config.json", """{"model_type":"llama"}""");
        string path = Path.Combine(folder.Path, "m");
        foreach (string end in (string[])[".xml", ".bin"])
        {
            File.Copy(Path.Combine(Repo.Model("dummy"), "1", $"dummy{end}"), Path.Combine(path, $"openvino_model{end}"));
        }

        await RefusesAsync(["--model_path", path, "--model_name", "m", "--task", "text_generation"], "keeps no state between tokens");
    }

    [Test]
    [Arguments("models_path: \"nowhere\"", "but there is no folder")]
    [Arguments("", "models_path")]
    [Arguments("models_path: \"./\" draft_models_path: \"./\"", "draft_models_path is not served yet")]
    [Arguments("models_path: \"./\" pipeline_type: VLM_CB", "pipeline_type: VLM_CB takes images or speech")]
    public async Task GraphThatCannotBeServed_IsRefused(string options, string text)
    {
        using ConfigFolder folder = new("{}");
        Copy(LanguageServer.SmallFolder, Path.Combine(folder.Path, "m"));
        folder.Write("m/graph.pbtxt", GraphOf(options));
        await RefusesAsync(["--model_path", Path.Combine(folder.Path, "m"), "--model_name", "m"], text);
    }

    [Test]
    public async Task Check_IsContentWithWhatIsServed()
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", "--model_path", LanguageServer.SmallFolder]);
        await Assert.That(code).IsEqualTo(0).Because(output + errors);
        await Assert.That(output).Contains("m: ").Or.Contains("Configuration is good: 1 model.");
    }

    // The start and the check say the same.
    private static async Task RefusesAsync(string[] arguments, string text)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", .. arguments]);
        await Assert.That(output + errors).Contains(text).Because("check");
        await Assert.That(code).IsNotEqualTo(0).Because("check");
        (code, output, errors) = await OvmsProcess.RunAsync([.. arguments, "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1"]);
        await Assert.That(output + errors).Contains(text).Because("start");
        await Assert.That(code).IsNotEqualTo(0).Because("start");
    }

    private static string Graph(string models, string more) => GraphOf($"models_path: {JsonSerializer.Serialize(models)} {more}");

    private static string GraphOf(string options) =>
        $$"""
        input_stream: "HTTP_REQUEST_PAYLOAD:input"
        output_stream: "HTTP_RESPONSE_PAYLOAD:output"
        node: {
          name: "LLMExecutor"
          calculator: "HttpLLMCalculator"
          input_stream: "LOOPBACK:loopback"
          input_stream: "HTTP_REQUEST_PAYLOAD:input"
          input_side_packet: "LLM_NODE_RESOURCES:llm"
          output_stream: "LOOPBACK:loopback"
          output_stream: "HTTP_RESPONSE_PAYLOAD:output"
          input_stream_info: { tag_index: "LOOPBACK:0" back_edge: true }
          node_options: { [type.googleapis.com / mediapipe.LLMCalculatorOptions]: { {{options}} } }
          input_stream_handler { input_stream_handler: "SyncSetInputStreamHandler" }
        }
        """;

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(source))
        {
            string copy = Path.Combine(target, Path.GetFileName(file));
            File.Copy(file, copy);
            File.SetAttributes(copy, FileAttributes.Normal);
        }
    }
}
