using System.Text.Json;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What of a chat reaches the template of a model, and what the template refuses.</summary>
public sealed class LanguageTemplateTests
{
    // Knows four roles, shows tools and a variable of the caller, and refuses a conversation that begins with an answer.
    private const string Template = """
        {%- if messages[0].role == 'assistant' %}{{ raise_exception('A conversation begins with the user, not with ' + messages[0].role) }}{% endif -%}
        {%- if tools %}{{ 'tools ' + (tools | tojson) + '\n' }}{% endif -%}
        {%- if tone is defined %}{{ 'tone ' + tone + '\n' }}{% endif -%}
        {%- for m in messages %}
        {%- if m.role not in ['system', 'user', 'assistant', 'tool'] %}{{ raise_exception('Unknown role ' + m.role) }}{% endif -%}
        {{ '[' + m.role + '] ' + m.content + '\n' }}
        {%- for call in m.tool_calls or [] %}{{ 'call ' + call.function.name + ' ' + (call.function.arguments | tojson) + '\n' }}{% endfor %}
        {%- endfor %}
        {%- if add_generation_prompt %}{{ '[assistant]' }}{% endif -%}
        """;

    private const string Hi = """ "messages":[{"role":"user","content":"Hi"}]""";
    private const string Tools = """ "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]""";
    private const string Tool = """{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}""";

    private static ConfigFolder? s_folder;

    private static readonly Lazy<Task<LanguageServer>> s_server = new(StartAsync);

    [After(Class)]
    public static async Task StopServer()
    {
        await LanguageServer.StopAsync(s_server);
        s_folder?.Dispose();
    }

    [Test]
    [Arguments(Hi, "[user] Hi\n[assistant]")]
    [Arguments(Hi + ",\"add_generation_prompt\":false", "[user] Hi\n")]
    [Arguments(Hi + ",\"chat_template_kwargs\":{\"add_generation_prompt\":false}", "[user] Hi\n")]
    [Arguments(Hi + ",\"add_generation_prompt\":true,\"chat_template_kwargs\":{\"add_generation_prompt\":false}", "[user] Hi\n[assistant]")]
    [Arguments(Hi + ",\"chat_template_kwargs\":{\"tone\":\"kind\",\"other\":[1]}", "tone kind\n[user] Hi\n[assistant]")]
    [Arguments(Hi + "," + Tools, "tools [" + Tool + "]\n[user] Hi\n[assistant]")]
    [Arguments(Hi + "," + Tools + ",\"tool_choice\":\"auto\"", "tools [" + Tool + "]\n[user] Hi\n[assistant]")]
    [Arguments(Hi + "," + Tools + ",\"tool_choice\":\"none\"", "[user] Hi\n[assistant]")]
    [Arguments(Hi + ",\"tools\":[]", "[user] Hi\n[assistant]")]
    [Arguments(""" "messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""", "[system] Be brief.\n[user] a\nb\n[assistant]")]
    [Arguments(""" "messages":[{"role":"user","content":null},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}}]},{"role":"tool","tool_call_id":"1","content":"y"}]""", "[user] \n[assistant] \ncall f {\"x\": 1}\n[tool] y\n[assistant]")]
    public async Task Prompt_IsWhatTheTemplateMakes(string fields, string expected)
    {
        LanguageServer server = await s_server.Value;
        JsonElement chat = await server.AnswerAsync("chat/completions", $"{fields},\"max_tokens\":1,\"return_token_ids\":true");
        await Assert.That(await server.TextOfAsync(chat.Ids("prompt_token_ids"))).IsEqualTo(expected);
        JsonElement counted = await server.AnswerAsync("tokenize", fields);
        await Assert.That(counted.Ids("tokens").SequenceEqual(chat.Ids("prompt_token_ids"))).IsTrue();
        await Assert.That(counted.At("count").GetInt32()).IsEqualTo(chat.At("usage.prompt_tokens").GetInt32());
    }

    [Test]
    [Arguments(""" "messages":[{"role":"assistant","content":"x"}]""", "A conversation begins with the user, not with assistant")]
    [Arguments(""" "messages":[{"role":"user","content":"x"},{"role":"king","content":"x"}]""", "Unknown role king")]
    [Arguments(Hi + ",\"chat_template_kwargs\":{\"tone\":7}", "")]
    public async Task TemplatesRefusal_IsTheCallers(string fields, string text)
    {
        LanguageServer server = await s_server.Value;
        foreach (string path in (string[])["chat/completions", "tokenize"])
        {
            (int status, string error) = await server.RefusalAsync(path, fields);
            await Assert.That(error).Contains(text);
            await Assert.That(status).IsEqualTo(400);
        }

        (int streamed, string told) = await server.RefusalAsync("chat/completions", $"{fields},\"stream\":true");
        await Assert.That(told).Contains(text);
        await Assert.That(streamed).IsEqualTo(400);
    }

    private static async Task<LanguageServer> StartAsync()
    {
        s_folder = new ConfigFolder("{}");
        s_folder.CopyFiles(LanguageServer.SmallFolder, "templated");
        s_folder.Write("templated/chat_template.jinja", Template);

        // A template in the tokenizer IR would win.
        string ir = Path.Combine(s_folder.Path, "templated", "openvino_tokenizer.xml");
        await File.WriteAllTextAsync(ir, Regex.Replace(await File.ReadAllTextAsync(ir), "<chat_template value=\"[^\"]*\"\\s*/>", ""));
        return await LanguageServer.StartAsync(Path.Combine(s_folder.Path, "templated"));
    }
}
