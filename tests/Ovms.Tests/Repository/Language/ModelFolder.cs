using Ovms.Repository.Language;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository.Language;

/// <summary>A folder with the files that a language model needs, empty ones but for those that a test writes.</summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Creates the folder.</summary>
    /// <param name="info">What the rt_info of the tokenizer holds, as XML.</param>
    internal ModelFolder(string info = "")
    {
        foreach (string name in new[] { "openvino_model", "openvino_tokenizer", "openvino_detokenizer" })
        {
            Write(name + ".xml", $"<?xml version=\"1.0\"?><net version=\"11\"><layers/><edges/><rt_info>{info}</rt_info></net>");
            Write(name + ".bin", "");
        }
    }

    /// <summary>The folder.</summary>
    internal LanguageFolder Folder => new(_folder.Path);

    /// <summary>The facts, which the test expects to be readable.</summary>
    internal LanguageFacts Facts => LanguageFacts.Read(Folder) is { IsOk: true } facts
        ? facts.Value
        : throw new InvalidOperationException(LanguageFacts.Read(Folder).Text);

    /// <summary>What is wrong with the folder.</summary>
    internal Outcome Fault => LanguageFacts.Read(Folder).WithoutValue;

    /// <summary>Writes a file.</summary>
    internal ModelFolder Write(string name, string text)
    {
        string path = Folder.In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>Removes a file.</summary>
    internal ModelFolder Remove(string name)
    {
        File.Delete(Folder.In(name));
        return this;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
