using Ovms.Generation.Tokenizing;
using Ovms.Repository.Language;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>Damaged and swapped IRs of tokenizers are told with their file before anything is compiled.</summary>
public class TokenizerFormTests
{
    private static readonly string[] s_names = ["openvino_tokenizer", "openvino_detokenizer"];

    [Test]
    public async Task WholeFolder_IsFine()
    {
        using TemporaryFolder folder = Copy();
        await Assert.That(TokenizerForm.Check(new LanguageFolder(folder.Path), [], out int ids).Text).IsEqualTo("OK");
        await Assert.That(ids).IsEqualTo(1500);
    }

    [Test]
    [Arguments("openvino_tokenizer")]
    [Arguments("openvino_detokenizer")]
    public async Task CutWeights_AreNamed(string name)
    {
        using TemporaryFolder folder = Copy();
        using (FileStream weights = File.OpenWrite(folder[$"{name}.bin"]))
        {
            weights.SetLength(1000);
        }

        Outcome made = TokenizerForm.Check(new LanguageFolder(folder.Path), [], out _);
        await Assert.That(made.Code).IsEqualTo(StatusCode.LanguageFileInvalid);
        await Assert.That(made.Text).Contains($"{folder[$"{name}.bin"]} has 1000 bytes").And.Contains("copy it again");
    }

    [Test]
    public async Task SwappedFiles_AreNamed()
    {
        using TemporaryFolder folder = Copy();
        foreach (string ending in new[] { ".xml", ".bin" })
        {
            File.Copy(folder[s_names[1] + ending], folder[s_names[0] + ending], overwrite: true);
        }

        Outcome made = TokenizerForm.Check(new LanguageFolder(folder.Path), [], out _);
        await Assert.That(made.Code).IsEqualTo(StatusCode.LanguageFileInvalid);
        await Assert.That(made.Text).Contains("openvino_tokenizer.xml takes i64; a tokenizer takes texts").And.Contains("convert_tokenizer");
    }

    [Test]
    public async Task ModelThatTakesNothing_IsNamed()
    {
        using TemporaryFolder folder = Copy();
        await File.WriteAllTextAsync(folder["openvino_detokenizer.xml"], "<net/>");
        Outcome made = TokenizerForm.Check(new LanguageFolder(folder.Path), [], out _);
        await Assert.That(made.Text).Contains("openvino_detokenizer.xml takes nothing; a detokenizer takes ids");
    }

    private static TemporaryFolder Copy()
    {
        string model = Repo.ModelBeside("families/llama");
        TemporaryFolder folder = new();
        foreach (string file in s_names.SelectMany(static name => new[] { $"{name}.xml", $"{name}.bin" }))
        {
            // Not File.Copy: the original may be read-only.
            File.WriteAllBytes(folder[file], File.ReadAllBytes(Path.Combine(model, file)));
        }

        return folder;
    }
}
