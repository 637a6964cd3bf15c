using System.Xml;
using Ovms.Disk;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>Loads a language model in OpenVINO IR: over paged attention where that is right, else one infer request a sequence.</summary>
internal static class LanguageModelLoader
{
    /// <summary>File of the model in its folder.</summary>
    public const string FileName = "openvino_model.xml";

    /// <summary>Loads it. Blocks until done.</summary>
    /// <param name="core">OpenVINO's core.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="settings">Device, properties and memory.</param>
    /// <returns>The model, which the caller disposes; or why it cannot be loaded.</returns>
    public static Outcome<LoadedLanguageModel> Load(Core core, string folder, LanguageModelSettings settings)
    {
        string text = Path.Combine(folder, FileName);
        try
        {
            Outcome<IrOutline> outline = Read(text);
            return outline.IsOk ? new LaneChoice(core, text, outline.Value, settings).Load() : outline.WithoutValue;
        }
        catch (OpenVinoException e)
        {
            return Outcome.Fail(StatusCode.ModelNotLoaded, $"{text}: {e.Said}");
        }
    }

    /// <summary>Whether the files of a folder hold a model that generates text. Compiles nothing.</summary>
    /// <param name="folder">The model's folder.</param>
    public static Outcome Check(string folder) => Read(Path.Combine(folder, FileName)).WithoutValue;

    private static Outcome<IrOutline> Read(string text)
    {
        try
        {
            RegularFile.Check(text);
            RegularFile.Check(Path.ChangeExtension(text, ".bin"));
            IrOutline outline = IrOutlineReader.Read(text);
            return outline.States.Count > 0
                ? outline
                : Outcome.Fail(
                    StatusCode.ModelNotLoaded,
                    $"{text} keeps no state between tokens, which a language model must; "
                    + "export it with optimum-cli export openvino --task text-generation-with-past");
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            return Outcome.Fail(StatusCode.ModelNotLoaded, $"{text} is not the text of an OpenVINO IR: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotRegularFileException)
        {
            return Outcome.Fail(StatusCode.FileInvalid, e.Message);
        }
    }
}
