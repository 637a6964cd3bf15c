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
            RegularFile.Check(text);
            RegularFile.Check(Path.ChangeExtension(text, ".bin"));
            IrOutline outline = IrOutlineReader.Read(text);
            if (outline.States.Count == 0)
            {
                return Outcome.Fail(
                    StatusCode.ModelNotLoaded,
                    $"{text} keeps no state between tokens, which a language model must; "
                    + "export it with optimum-cli export openvino --task text-generation-with-past");
            }

            return new LaneChoice(core, text, outline, settings).Load();
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            return Outcome.Fail(StatusCode.ModelNotLoaded, $"{text} is not the text of an OpenVINO IR: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotRegularFileException)
        {
            return Outcome.Fail(StatusCode.FileInvalid, e.Message);
        }
        catch (OpenVinoException e)
        {
            return Outcome.Fail(StatusCode.ModelNotLoaded, $"{text}: {e.Said}");
        }
    }
}
