using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Tokenize and detokenize of the trained model, against recorded lines and prompts.</summary>
public sealed class LanguageTokenizeTests
{
    // "Hello, world!" and "don't won't I'm they're".
    private const string Hello = "19556,28,905,17";
    private const string Short = "12420,982,3763,982,339,5248,502,2316";

    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.TrainedFolder, "--pipeline_type", "LM");

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    public async Task RecordedLines_GoThereAndBack()
    {
        LanguageServer server = await s_server.Value;
        JsonElement[] lines = [.. Recorded("smollm2_tokens.json").At("lines").EnumerateArray()];
        foreach (JsonElement line in lines)
        {
            string text = line.At("text").GetRawText();
            JsonElement tokens = await server.AnswerAsync("tokenize", $"\"text\":{text}");
            await Assert.That(tokens.Ids("tokens").SequenceEqual(line.Ids("ids_with_special"))).IsTrue().Because(text);
            await Assert.That(tokens.At("count").GetInt32()).IsEqualTo(line.Ids("ids_with_special").Length);
            await Assert.That(tokens.At("max_model_len").GetInt32()).IsEqualTo(8192);
            JsonElement plain = await server.AnswerAsync("tokenize", $"\"prompt\":{text},\"add_special_tokens\":false");
            await Assert.That(plain.Ids("tokens").SequenceEqual(line.Ids("ids"))).IsTrue().Because(text);

            string ids = line.At("ids").GetRawText();
            await Assert.That((await server.AnswerAsync("detokenize", $"\"tokens\":{ids}")).Text("prompt")).IsEqualTo(line.Text("decoded_with_special"));
            await Assert.That((await server.AnswerAsync("detokenize", $"\"tokens\":{ids},\"skip_special_tokens\":true")).Text("prompt"))
                .IsEqualTo(line.Text("decoded"));
        }

        // A list of texts gives a list of lists, and the count of all.
        JsonElement all = await server.AnswerAsync("tokenize", $"\"text\":[{string.Join(',', lines.Select(static line => line.At("text").GetRawText()))}]");
        await Assert.That(all.At("tokens").GetRawText()).IsEqualTo($"[{string.Join(',', lines.Select(static line => $"[{string.Join(',', line.Ids("ids_with_special"))}]"))}]");
        await Assert.That(all.At("count").GetInt32()).IsEqualTo(lines.Sum(static line => line.Ids("ids_with_special").Length));
    }

    [Test]
    public async Task RecordedConversations_AreTheirPrompts()
    {
        LanguageServer server = await s_server.Value;
        foreach (JsonElement record in Recorded("smollm2_answers.json").At("records").EnumerateArray().Where(static record => record.At("messages").ValueKind == JsonValueKind.Array))
        {
            JsonElement answer = await server.AnswerAsync("tokenize", $"\"messages\":{record.At("messages").GetRawText()}");
            await Assert.That(answer.Ids("tokens").SequenceEqual(record.Ids("prompt_ids"))).IsTrue().Because(record.At("messages").GetRawText());
            await Assert.That(answer.At("count").GetInt32()).IsEqualTo(record.Ids("prompt_ids").Length);
        }
    }

    [Test]
    public async Task Conversation_IsThatOfTheChat()
    {
        LanguageServer server = await s_server.Value;
        const string Messages = """ "messages":[{"role":"user","content":"One, two"},{"role":"assistant","content":"three"}]""";
        int[] whole = (await server.AnswerAsync("tokenize", Messages)).Ids("tokens");
        JsonElement chat = await server.AnswerAsync("chat/completions", $"{Messages},\"max_tokens\":1,\"return_token_ids\":true");
        await Assert.That(whole.SequenceEqual(chat.Ids("prompt_token_ids"))).IsTrue();

        string text = await server.TextOfAsync(whole);
        await Assert.That(text).EndsWith("<|im_start|>user\nOne, two<|im_end|>\n<|im_start|>assistant\nthree<|im_end|>\n<|im_start|>assistant\n");
        foreach (string field in (string[])["\"add_generation_prompt\":false", "\"chat_template_kwargs\":{\"add_generation_prompt\":false}"])
        {
            int[] open = (await server.AnswerAsync("tokenize", $"{Messages},{field}")).Ids("tokens");
            await Assert.That(await server.TextOfAsync(open)).IsEqualTo(text[..^"<|im_start|>assistant\n".Length]).Because(field);
        }
    }

    [Test]
    [Arguments("\"text\":\"Hello, world!\"", $"[{Hello}]")]
    [Arguments("\"text\":[\"Hello, world!\"]", $"[{Hello}]")]
    [Arguments("\"prompt\":[\"Hello, world!\",\" \"]", $"[[{Hello}],[216]]")]
    [Arguments("\"text\":\"\"", "[]")]
    [Arguments("\"text\":\"Hello, world!\",\"max_length\":2", "[19556,28]")]
    [Arguments("\"text\":\"Hello, world!\",\"max_length\":6", $"[{Hello}]")]
    [Arguments("\"text\":\"Hello, world!\",\"max_length\":6,\"pad_to_max_length\":true", $"[{Hello},2,2]")]
    [Arguments("\"text\":\"Hello, world!\",\"max_length\":6,\"pad_to_max_length\":true,\"padding_side\":\"left\"", $"[2,2,{Hello}]")]
    [Arguments("\"text\":[\"Hello, world!\",\"don't won't I'm they're\"],\"pad_to_max_length\":true", $"[[{Hello},2,2,2,2],[{Short}]]")]
    public async Task Fields_ShapeTheLists(string fields, string expected)
    {
        LanguageServer server = await s_server.Value;
        await Assert.That((await server.AnswerAsync("tokenize", fields)).At("tokens").GetRawText()).IsEqualTo(expected);
    }

    [Test]
    [Arguments("tokenize", "\"x\":1", "Expected: exactly one of text, prompt and messages; Actual: none")]
    [Arguments("tokenize", "\"text\":\"a\",\"messages\":[]", "Actual: text and messages")]
    [Arguments("tokenize", "\"text\":1", "text should be a string or an array of strings")]
    [Arguments("tokenize", "\"prompt\":[1]", "prompt should be a string or an array of strings")]
    [Arguments("tokenize", "\"text\":[]", "text array cannot be empty")]
    [Arguments("tokenize", "\"messages\":[]", "Messages array cannot be empty")]
    [Arguments("tokenize", "\"text\":\"a\",\"max_length\":0", "max_length should be greater than 0")]
    [Arguments("tokenize", "\"text\":\"a\",\"max_length\":-1", "max_length should be unsigned integer")]
    [Arguments("tokenize", "\"text\":\"a\",\"padding_side\":\"top\"", "padding_side should be either left or right")]
    [Arguments("tokenize", "\"text\":\"a\",\"add_special_tokens\":1", "add_special_tokens accepts values true or false")]
    [Arguments("detokenize", "\"tokens\":[-1]", "tokens[0] is -1; the model has the token ids 0 to 49151")]
    [Arguments("detokenize", "\"tokens\":[1,49152]", "tokens[1] is 49152; the model has the token ids 0 to 49151")]
    [Arguments("detokenize", "\"tokens\":[1.5]", "tokens[0] is 1.5")]
    [Arguments("detokenize", "\"tokens\":\"a\"", "tokens should be an array of token ids")]
    [Arguments("detokenize", "\"x\":1", "tokens should be an array of token ids")]
    [Arguments("detokenize", "\"tokens\":[1],\"skip_special_tokens\":1", "skip_special_tokens accepts values true or false")]
    public async Task CallersFault_IsTold(string path, string fields, string expected)
    {
        LanguageServer server = await s_server.Value;
        (int status, string error) = await server.RefusalAsync(path, fields);
        await Assert.That(error).Contains(expected);
        await Assert.That(status).IsEqualTo(400);
    }

    [Test]
    public async Task MoreTexts_AreTooMany()
    {
        LanguageServer server = await s_server.Value;
        string Texts(int count) => $"\"text\":[{string.Join(',', Enumerable.Repeat("\"a\"", count))}]";
        (int status, string error) = await server.RefusalAsync("tokenize", Texts(1025));
        await Assert.That(error).Contains("text array must have no more than 1024 strings");
        await Assert.That(status).IsEqualTo(400);
        await Assert.That((await server.AnswerAsync("tokenize", Texts(1024))).At("count").GetInt32()).IsEqualTo(1024);
    }

    [Test]
    [Arguments("/v1")]
    [Arguments("/v3/v1")]
    public async Task OtherPaths_AnswerAlike(string prefix)
    {
        LanguageServer server = await s_server.Value;
        foreach ((string path, string fields, string expected) in new[]
        {
            ("tokenize", "\"text\":\"Hello, world!\"", $$"""{"tokens":[{{Hello}}],"count":4,"max_model_len":8192}"""),
            ("detokenize", $"\"tokens\":[{Hello}]", """{"prompt":"Hello, world!"}"""),
        })
        {
            string body = $$"""{"model":"smollm2_135m",{{fields}}}""";
            using HttpResponseMessage answer = await server.Server.Http.PostAsync($"{prefix}/{path}", new StringContent(body));
            await Assert.That(await answer.Content.ReadAsStringAsync()).IsEqualTo(expected);
        }
    }

    private static JsonElement Recorded(string name) => JsonPath.Parse(File.ReadAllText(Repo.SharedOrSkip("expected", "generative", name)));
}
