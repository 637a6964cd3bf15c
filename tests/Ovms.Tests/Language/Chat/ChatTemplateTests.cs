using System.Text.Json;
using Ovms.Language.Chat;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Language.Chat;

/// <summary>What clients send is rendered as the template expects it.</summary>
internal sealed class ChatTemplateTests
{
    private const string Plain = "{% for m in messages %}[{{ m.role }}:{{ m.content }}]{% endfor %}";
    private const string SystemOnly = "{% for m in messages %}{% if m.role in ['system', 'user', 'assistant', 'tool'] %}[{{ m.role }}:"
        + "{{ m.content }}]{% endif %}{% endfor %}";
    private const string Refusing = "{% for m in messages %}{% if m.role not in ['system', 'user', 'assistant', 'tool'] %}"
        + "{{ raise_exception('role') }}{% endif %}[{{ m.role }}:{{ m.content }}]{% endfor %}";
    private const string Parts = "{% for m in messages %}[{{ m.role }}:{% if m.content is string %}{{ m.content }}"
        + "{% else %}{% for p in m.content %}<{{ p.text }}>{% endfor %}{% endif %}]{% endfor %}";
    private const string Null = "{% for m in messages %}[{{ m.role }}{% if m.content is not none %}:{{ m.content }}{% endif %}]"
        + "{% endfor %}";
    private const string ObjectCall = "{% for m in messages %}{% for c in m.tool_calls or [] %}<{{ c.function.name }}"
        + "{% for k, v in c.function.arguments.items() %} {{ k }}={{ v }}{% endfor %}>{% endfor %}{{ m.content }}{% endfor %}";
    private const string JsonCall = "{% for m in messages %}{% for c in m.tool_calls or [] %}<{{ c | tojson }}>{% endfor %}"
        + "{{ m.content }}{% endfor %}";
    private const string TextCall = "{% for m in messages %}{% for c in m.tool_calls or [] %}<{{ c.function.name + c.function.arguments }}>"
        + "{% endfor %}{{ m.content }}{% endfor %}";
    private const string Members = "{% for m in messages %}{{ m.items() | list }}{% endfor %}";
    private const string Thinking = "{% for m in messages %}{% if m.thinking %}({{ m.thinking }}){% endif %}{{ m.content }}{% endfor %}";
    private const string Reasoning = "{% for m in messages %}{% if m.reasoning_content %}({{ m.reasoning_content }}){% endif %}"
        + "{{ m.content }}{% endfor %}";

    [Test]
    [Arguments(Plain, """[{"role":"developer","content":"x"}]""", "[developer:x]")]
    [Arguments(SystemOnly, """[{"role":"developer","content":"x"}]""", "[system:x]")]
    [Arguments(Refusing, """[{"role":"developer","content":"x"}]""", "[system:x]")]
    [Arguments(Plain, """[{"role":"assistant","content":null},{"role":"assistant"},{"role":"user","content":[]}]""",
        "[assistant:][assistant:][user:]")]
    [Arguments(Plain, """[{"role":"user","content":5},{"role":"user","content":{"a":1}}]""", "[user:][user:]")]
    [Arguments(Null, """[{"role":"assistant","content":null},{"role":"assistant"},{"role":"user","content":""}]""",
        "[assistant][assistant][user:]")]
    [Arguments(Plain, """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""", "[user:a\nb]")]
    [Arguments(Parts, """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""", "[user:<a><b>]")]
    [Arguments(Members, """[{"role":"user","content":"x","refusal":null,"audio":1,"name":"N","tool_calls":[]}]""",
        "[('role', 'user'), ('content', 'x'), ('name', 'N')]")]
    [Arguments(Members, """[{"content":"x","role":"tool","tool_call_id":"c1","name":5}]""",
        "[('role', 'tool'), ('content', 'x'), ('tool_call_id', 'c1')]")]
    [Arguments(Thinking, """[{"role":"assistant","content":"x","reasoning_content":"why"}]""", "(why)x")]
    [Arguments(Reasoning, """[{"role":"assistant","content":"x","reasoning_content":"why"}]""", "(why)x")]
    [Arguments(Reasoning, """[{"role":"assistant","content":"x","reasoning":"why"}]""", "(why)x")]
    public async Task Messages_AreRenderedAsTheTemplateExpects(string template, string messages, string expected) =>
        await Assert.That(Render(template, messages).Value).IsEqualTo(expected);

    [Test]
    [Arguments(ObjectCall, "\"{\\\"a\\\": 1, \\\"b\\\": \\\"x\\\"}\"", "<f a=1 b=x>")]
    [Arguments(ObjectCall, "{\"a\":1}", "<f a=1>")]
    [Arguments(ObjectCall, "\"\"", "<f>")]
    [Arguments(ObjectCall, null, "<f>")]
    [Arguments(JsonCall, "\"{\\\"a\\\": 1}\"", "<{\"id\": \"1\", \"function\": {\"name\": \"f\", \"arguments\": {\"a\": 1}}}>")]
    [Arguments(JsonCall, "\"no json\"", "<{\"id\": \"1\", \"function\": {\"name\": \"f\", \"arguments\": \"no json\"}}>")]
    [Arguments(TextCall, "\"{\\\"a\\\":1}\"", "<f{\"a\":1}>")]
    [Arguments(TextCall, "{\"a\":[1,2]}", "<f{\"a\": [1, 2]}>")]
    [Arguments(TextCall, null, "<f{}>")]
    public async Task ArgumentsOfToolCalls_HaveTheFormThatIsPrinted(string template, string? arguments, string expected)
    {
        string given = arguments is null ? "" : $",\"arguments\":{arguments}";
        string messages = $$$"""[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f"{{{given}}}}}]}]""";
        await Assert.That(Render(template, messages).Value).IsEqualTo(expected);
    }

    [Test]
    public async Task Variables_ComeFromTheModelTheRequestAndItsArguments()
    {
        const string Template = "{{ bos_token }}{{ tools is none }}{{ documents is none }}{{ enable_thinking }}"
            + "{{ add_generation_prompt }}{{ messages | length }}";
        await Assert.That(Render(Template, "[]", arguments: """{"enable_thinking":false,"messages":[1,2]}""").Value)
            .IsEqualTo("<s>TrueTrueFalseTrue0");
        await Assert.That(Render("{{ tools[0].function.name }}", "[]", """[{"type":"function","function":{"name":"f"}}]""").Value)
            .IsEqualTo("f");
        await Assert.That(Render("{{ tools }}", "[]", "[]").Value).IsEqualTo("None");
        await Assert.That(Render("{{ strftime_now('%d %b %Y') }}", "[]").Value).IsEqualTo("29 Nov 2026");
    }

    [Test]
    public async Task Faults_AreTheCallers()
    {
        await Assert.That(Render("{{ raise_exception('Roles must alternate') }}", "[]").Detail).IsEqualTo("Roles must alternate");
        foreach (Outcome<string> fault in new[]
        {
            Render("{{ raise_exception('x') }}", "[]"), Render("{{ messages[0].content.x.y }}", """[{"content":"a"}]"""),
            Render(Plain, "[1]"),
            Render(Plain, "{}"), Render(Plain, """[{"content":"\ud83e"}]"""),
        })
        {
            await Assert.That(fault.Code.ToHttp()).IsEqualTo(400);
        }

        await Assert.That(ChatTemplate.Parse("{% if %}", new Dictionary<string, string>()).Code).IsEqualTo(StatusCode.TemplateInvalid);
    }

    [Test]
    public async Task PublicTemplates_AreProbedAsTheyAre()
    {
        string? path = new[] { "..", "../.." }
            .Select(static up => Path.Combine(Repo.Root, up, "shared", "templates", "templates.json"))
            .FirstOrDefault(File.Exists);
        if (path is null)
            Skip.Test("The public chat templates are not beside the repository: shared/templates/templates.json.");

        using JsonDocument file = JsonDocument.Parse(await File.ReadAllBytesAsync(path));
        Dictionary<string, ChatTraits> traits = [];
        foreach (JsonElement one in file.RootElement.GetProperty("templates").EnumerateArray())
            traits[one.GetProperty("name").GetString()!] = Parse(one.GetProperty("template").GetString()!).Traits;

        // 29 templates refuse the role, 50 lose its text.
        await Assert.That(traits.Values.Count(static one => !one.PrintsDeveloper)).IsEqualTo(79);
        await Assert.That(traits["gen_meta-llama__Llama-3.1-8B-Instruct"].Arguments).IsEqualTo(ArgumentForm.Object);
        await Assert.That(traits["gen_deepseek-ai__DeepSeek-R1"].Arguments).IsEqualTo(ArgumentForm.Text);
        await Assert.That(traits["gen_deepseek-ai__DeepSeek-R1-Distill-Llama-8B"].WantsNull).IsTrue();
        await Assert.That(traits["gen_deepseek-ai__DeepSeek-R1"].WantsNull).IsFalse();
        await Assert.That(traits["ovms_chat_template_lfm25"].ReasoningName).IsEqualTo("thinking");
        await Assert.That(traits["hf_Qwen_Qwen3.5-4B"].PartRoles.Contains("user")).IsTrue();
        await Assert.That(traits["ovms_chat_template_qwen3_30b"].PartRoles.Count).IsEqualTo(0);
    }

    private static ChatTemplate Parse(string template) =>
        ChatTemplate.Parse(template, new Dictionary<string, string> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" }).Value!;

    private static Outcome<string> Render(string template, string messages, string tools = "null", string arguments = "null")
    {
        using JsonDocument document = JsonDocument.Parse($"[{messages},{tools},{arguments}]");
        JsonElement all = document.RootElement;
        return Parse(template).Render(all[0], all[1], addGenerationPrompt: true, all[2], new DateTime(2026, 11, 29, 9, 5, 3));
    }
}
