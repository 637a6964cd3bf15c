using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Tests.Repository.Language;

/// <summary>The files beside a language model, as many tools and hands write them.</summary>
public class LanguageFactsTests
{
    [Test]
    public async Task FolderWithNothingElse_HasNoFacts()
    {
        using ModelFolder model = new();
        LanguageFacts facts = model.Facts;
        await Assert.That(model.Folder.IsComplete).IsTrue();
        await Assert.That(facts.Model).IsEqualTo(new ModelFacts("", null, null));
        await Assert.That(facts.Template).IsNull();
        await Assert.That(facts.EndIds.Length).IsEqualTo(0);
        await Assert.That(facts.Tokens.Bos.IsUnknown).IsTrue();
        await Assert.That(facts.Warnings.Length).IsEqualTo(0);
    }

    [Test]
    [Arguments("openvino_tokenizer.xml", "convert_tokenizer")]
    [Arguments("openvino_tokenizer.bin", "convert_tokenizer")]
    [Arguments("openvino_detokenizer.xml", "--with-detokenizer")]
    [Arguments("openvino_model.bin", "optimum-cli export openvino")]
    public async Task MissingFile_IsNamedWithTheCommandThatMakesIt(string file, string command)
    {
        using ModelFolder model = new();
        model.Remove(file);
        await Assert.That(model.Fault.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(model.Fault.Text).Contains(file).And.Contains(command);
    }

    [Test]
    [Arguments("""{"max_position_embeddings":8192,"sliding_window":64}""", 8192)]
    [Arguments("""{"n_positions":512}""", 512)]
    [Arguments("""{"seq_len":7,"seq_length":9}""", 7)]
    [Arguments("""{"max_seq_len":2048}""", 2048)]
    [Arguments("""{"sliding_window":64}""", 64)]
    [Arguments("""{"text_config":{"max_position_embeddings":100}}""", 100)]
    [Arguments("""{"n_ctx":5,"text_config":{"max_position_embeddings":100}}""", 5)]
    [Arguments("""{"max_position_embeddings":null,"n_ctx":6}""", 6)]
    [Arguments("""{"max_position_embeddings":"many","n_positions":-4,"n_ctx":1e30}""", null)]
    [Arguments("""{"limits":[0.0, Infinity, -Infinity, NaN],"name":"NaN \" Infinity","n_ctx":6}""", 6)]
    [Arguments("\uFEFF{\r\n\"n_ctx\":6,\r\n}", 6)]
    public async Task ModelLength_IsTheFirstOfItsNames(string config, int? length)
    {
        using ModelFolder model = new();
        model.Write("config.json", config);
        await Assert.That(model.Facts.Model.ModelLength).IsEqualTo(length);
    }

    [Test]
    public async Task ModelType_AndVocabulary_AreRead()
    {
        using ModelFolder model = new();
        model.Write("config.json", """{"model_type":"llama","vocab_size":49152}""");
        await Assert.That(model.Facts.Model).IsEqualTo(new ModelFacts("llama", null, 49152));
    }

    [Test]
    [Arguments("config.json")]
    [Arguments("generation_config.json")]
    public async Task BrokenFileThatDecidesWhereAnswersEnd_FailsTheLoad(string name)
    {
        using ModelFolder model = new();
        model.Write(name, """{"eos_token_id": 2,""");
        await Assert.That(model.Fault.Code).IsEqualTo(StatusCode.LanguageFileInvalid);
        await Assert.That(model.Fault.Text).Contains(name).And.Contains("no JSON");
        model.Write(name, "[]");
        await Assert.That(model.Fault.Text).Contains(name).And.Contains("holds an array; expected a JSON object");
        model.Remove(name);
        Directory.CreateDirectory(model.Folder.In(name));
        await Assert.That(model.Fault.Text).Contains(name).And.Contains("folder");
    }

    [Test]
    [Arguments("config.json", """{"\ud800":1}""")]
    [Arguments("config.json", """{"a":["\uD83D\uDE00","\uDE00"]}""")]
    [Arguments("generation_config.json", """{"stop_strings":["\ud800"]}""")]
    public async Task HalfASurrogatePair_FailsTheLoadWithTheFile(string name, string text)
    {
        using ModelFolder model = new();
        model.Write(name, text);
        await Assert.That(model.Fault.Code).IsEqualTo(StatusCode.LanguageFileInvalid);
        await Assert.That(model.Fault.Text).Contains(model.Folder.In(name)).And.Contains("half of a surrogate pair");
    }

    [Test]
    [Arguments("tokenizer_config.json", """{"eos_token":"\ud800"}""")]
    [Arguments("chat_template.json", """{"\udc00":""}""")]
    public async Task HalfASurrogatePairInAnotherFile_IsAWarning(string name, string text)
    {
        using ModelFolder model = new();
        model.Write(name, text);
        await Assert.That(model.Facts.Warnings.Single()).Contains(model.Folder.In(name)).And.Contains("half of a surrogate pair");
    }

    [Test]
    public async Task FolderInPlaceOfATemplate_IsTold()
    {
        using ModelFolder model = new();
        Directory.CreateDirectory(model.Folder.In("chat_template.jinja"));
        await Assert.That(model.Facts.Warnings.Single()).Contains("chat_template.jinja").And.Contains("folder");
    }

    [Test]
    public async Task WholeSurrogatePair_IsText()
    {
        using ModelFolder model = new();
        model.Write("config.json", """{"model_type":"\ud83d\ude00","\uD83D\uDE00":"\\ud800"}""");
        await Assert.That(model.Facts.Model.ModelType).IsEqualTo("\U0001F600");
    }

    [Test]
    [Arguments("tokenizer_config.json")]
    [Arguments("special_tokens_map.json")]
    [Arguments("processor_config.json")]
    [Arguments("chat_template.json")]
    public async Task OtherBrokenFile_IsAWarning(string name)
    {
        using ModelFolder model = new();
        model.Write(name, "{").Write("chat_template.jinja", "kept");
        LanguageFacts facts = model.Facts;
        await Assert.That(facts.Warnings).Count().IsEqualTo(1);
        await Assert.That(facts.Warnings[0]).Contains(name);
        await Assert.That(facts.Template!.Text).IsEqualTo("kept");
    }

    [Test]
    public async Task FileThatIsTooLarge_IsNotRead()
    {
        using ModelFolder model = new();
        using (FileStream file = File.Create(model.Folder.In("config.json")))
        {
            file.SetLength(17 << 20);
        }

        await Assert.That(model.Fault.Text).Contains("config.json").And.Contains("more than");
    }

    [Test]
    public async Task TokenizerThatIsCutOff_FailsTheLoad()
    {
        using ModelFolder model = new();
        model.Write("openvino_tokenizer.xml", "<net><layers>");
        await Assert.That(model.Fault.Text).Contains("openvino_tokenizer.xml").And.Contains("not whole");
    }
}
