using Ovms.Repository.Language;

namespace Ovms.Tests.Repository.Language;

/// <summary>Where the chat template and the tokens with a role are from.</summary>
public class ChatTemplateTests
{
    [Test]
    public async Task LaterSource_CountsMore()
    {
        using ModelFolder model = new();
        model.Write("tokenizer_config.json", """{"chat_template":"one"}""");
        await Assert.That(model.Facts.Template!.Text).IsEqualTo("one");
        model.Write("processor_config.json", """{"chat_template":"two"}""");
        await Assert.That(model.Facts.Template!.Text).IsEqualTo("two");
        model.Write("chat_template.json", "\uFEFF{\r\n\"chat_template\":\"three\"}");
        await Assert.That(model.Facts.Template!.Text).IsEqualTo("three");
        model.Write("chat_template.jinja", "\uFEFFfour\r\n");
        await Assert.That(model.Facts.Template).IsEqualTo(new ChatTemplate("four\r\n", null, model.Folder.In("chat_template.jinja")));
        model.Write("openvino_tokenizer.xml", "<net><rt_info><chat_template value=\"five&#10;&lt;|x|>\"/></rt_info></net>");
        await Assert.That(model.Facts.Template).IsEqualTo(new ChatTemplate("five\n<|x|>", null, model.Folder.Tokenizer));
    }

    [Test]
    public async Task EmptySource_DoesNotCount()
    {
        using ModelFolder model = new("<chat_template/><chat_template value=\"\"/>");
        model.Write("tokenizer_config.json", """{"chat_template":"one"}""").Write("processor_config.json", """{"chat_template":null}""")
            .Write("chat_template.json", """{"chat_template":""}""").Write("chat_template.jinja", "");
        await Assert.That(model.Facts.Template!.Text).IsEqualTo("one");
    }

    [Test]
    public async Task TemplateForTools_IsNamedOrInAFileOfItsOwn()
    {
        using ModelFolder model = new();
        model.Write("tokenizer_config.json", """
            {"chat_template":[{"name":"tool_use","template":"tools"},{"name":"rag","template":"no"},{"name":"default","template":"plain"}]}
            """);
        await Assert.That((model.Facts.Template!.Text, model.Facts.Template.ForTools)).IsEqualTo(("plain", "tools"));
        model.Write("chat_template.jinja", "newer");
        await Assert.That((model.Facts.Template!.Text, model.Facts.Template.ForTools)).IsEqualTo(("newer", "tools"));
        model.Write("additional_chat_templates/tool_use.jinja", "file");
        await Assert.That((model.Facts.Template!.Text, model.Facts.Template.ForTools)).IsEqualTo(("newer", "file"));
    }

    [Test]
    public async Task TokensWithARole_AreTakenFromAllFiles()
    {
        using ModelFolder model = new("<bos_token_id value=\"11\"/>");
        model.Write("config.json", """{"bos_token_id":1,"eos_token_id":[2,3],"text_config":{"pad_token_id":9}}""")
            .Write("special_tokens_map.json", """{"bos_token":{"content":"<s>","lstrip":false},"eos_token":"</old>"}""")
            .Write("tokenizer_config.json", """
                {"eos_token":"</s>","added_tokens_decoder":{"9":{"content":"<pad>","special":true},"4":{"content":"[X]","special":false}}}
                """);
        SpecialTokenFiles tokens = model.Facts.Tokens;
        await Assert.That(tokens.Bos).IsEqualTo(new SpecialToken("<s>", 11));
        await Assert.That(tokens.Eos).IsEqualTo(new SpecialToken("</s>", 2));
        await Assert.That(tokens.Pad).IsEqualTo(new SpecialToken("<pad>", 9));
        await Assert.That(string.Join(',', tokens.Special)).IsEqualTo("9");
    }

    [Test]
    public async Task WithoutAPad_TheEndFillsUp_AndTextsGiveIds()
    {
        using ModelFolder model = new();
        model.Write("tokenizer_config.json", """{"eos_token":"<end>","added_tokens_decoder":{"5":{"content":"<end>","special":true}}}""");
        await Assert.That(model.Facts.Tokens.Eos).IsEqualTo(new SpecialToken("<end>", 5));
        await Assert.That(model.Facts.Tokens.Pad).IsEqualTo(new SpecialToken("<end>", 5));
    }
}
