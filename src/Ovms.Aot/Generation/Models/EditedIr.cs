using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>
/// The text of a model with the rows gathered before its head, among the temporary files; the weights stay where they are. The file is
/// needed only until the model is read.
/// </summary>
internal sealed class EditedIr : IDisposable
{
    private readonly string? _folder;

    private EditedIr(string path, string weights, string? folder, string? note)
    {
        Path = path;
        Weights = weights;
        _folder = folder;
        Note = note;
    }

    /// <summary>The text; the original one if it could not be edited.</summary>
    public string Path { get; }

    /// <summary>The weights.</summary>
    public string Weights { get; }

    /// <summary>Why it was not edited; null if it was.</summary>
    public string? Note { get; }

    /// <summary>Edits a model.</summary>
    /// <param name="text">The file of its text.</param>
    /// <param name="weights">The file of its weights.</param>
    /// <param name="outline">Its outline.</param>
    /// <param name="tokenAxis">The dimension in which the tokens lie: 0 over paged attention, else 1.</param>
    public static EditedIr Make(string text, string weights, IrOutline outline, int tokenAxis)
    {
        string? folder = null;
        try
        {
            if (LogitsHead.Find(outline) is not { } head)
                return Unedited("the model does not end in a matrix product that is known here");
            if (ConstantSearch.Find(outline.Constants, weights, tokenAxis) is not { } axis)
                return Unedited($"the model has no constant {tokenAxis}");
            folder = Directory.CreateTempSubdirectory("ovms-model-").FullName;
            string edited = System.IO.Path.Combine(folder, "openvino_model.xml");
            RowGather.Write(text, edited, outline, head, axis);
            return new EditedIr(edited, weights, folder, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Delete(folder);
            return Unedited($"the model's text could not be edited: {e.Message}");
        }

        EditedIr Unedited(string because) => new(text, weights, null, $"logits are computed for every token, because {because}");
    }

    /// <summary>The original, unchanged.</summary>
    public static EditedIr None(string text, string weights) => new(text, weights, null, null);

    /// <summary>Reads the model.</summary>
    /// <exception cref="OpenVinoException">It cannot be read.</exception>
    public Model Read(Core core) => core.ReadModel(Path, Weights);

    /// <summary>Deletes the file.</summary>
    public void Dispose() => Delete(_folder);

    private static void Delete(string? folder)
    {
        if (folder is null)
            return;
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It lies among the temporary files, and nothing reads it again.
        }
    }
}
